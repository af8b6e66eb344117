# Two images. `opensearch`: the official one with the Japanese plugin. `tanaban`: this project, for API, worker and sync.
#   docker compose up --build

FROM opensearchproject/opensearch:3.8.0 AS opensearch
RUN opensearch-plugin install --batch analysis-kuromoji

FROM python:3.13-slim AS tanaban
RUN useradd --system --uid 10001 --create-home tanaban
WORKDIR /app
COPY requirements.txt ./
RUN pip install --no-cache-dir --require-hashes -r requirements.txt
COPY pyproject.toml README.md LICENSE ./
COPY analyzers analyzers
COPY api api
COPY benchmarks benchmarks
COPY catalog catalog
COPY cli cli
COPY core core
COPY indexing indexing
COPY loadtests loadtests
COPY mappings mappings
COPY relevance relevance
COPY search search
COPY stack stack
RUN pip install --no-cache-dir --no-deps .
USER tanaban
RUN python -c "from stack.jars import DEBEZIUM, ensure_jars; from stack.reporter import Reporter; ensure_jars(DEBEZIUM, Reporter())"
RUN python -c "from analyzers.dictionary import load_dictionary; load_dictionary()"
ENV TANABAN_API_HOST=0.0.0.0
EXPOSE 8000
CMD ["tanaban", "serve"]
