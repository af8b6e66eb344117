"""One node of a cluster, as a process that can be killed alone.

`python -m tests.faults.opensearch_node FOLDER SETTINGS`, SETTINGS as JSON. From its command line the runner of
stack/opensearch.py makes single nodes only; more it takes from a callback, so Python starts it inside its own process.
"""

import json
import signal
import sys
from pathlib import Path
from typing import Any

import jpype

from stack.jars import OPENSEARCH, ensure_jars
from stack.opensearch import KUROMOJI, MAIN_CLASS, find_jvm_library
from stack.reporter import Reporter

_JVM_OPTIONS = ("-Xms512m", "-Xmx512m", "--enable-native-access=ALL-UNNAMED", "-Djava.locale.providers=CLDR,SPI")


def main(folder: Path, settings: dict[str, Any]) -> None:
    class_path = [str(jar) for jar in ensure_jars(OPENSEARCH, Reporter())]
    jpype.startJVM(str(find_jvm_library()), *_JVM_OPTIONS, classpath=class_path, convertStrings=True)

    @jpype.JImplements(f"{MAIN_CLASS}$Builder")
    class Builder:
        @jpype.JOverride  # type: ignore[untyped-decorator]
        def build(self, _number: int, builder: Any) -> None:
            for name, value in settings.items():
                builder.putList(name, value) if isinstance(value, list) else builder.put(name, str(value))

    runner = jpype.JClass(MAIN_CLASS)()
    runner.onBuild(Builder())
    runner.build("-basePath", str(folder), "-numOfNode", "1", "-pluginTypes", KUROMOJI)
    signal.pause()


if __name__ == "__main__":
    main(Path(sys.argv[1]), json.loads(sys.argv[2]))
