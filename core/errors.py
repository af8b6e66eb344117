"""Every error that Tanaban raises on purpose.

    TanabanError
    ├── BadRequest                what the caller sent cannot be answered; the message names the parameter
    │   ├── InvalidParameter      a known parameter with a value that is not allowed
    │   ├── UnknownParameter      a parameter, facet or attribute that does not exist
    │   ├── BadCursor             a cursor that this index did not give out
    │   ├── BodyTooLarge          a body over its limit
    │   └── SynonymRefused        a synonym that would find nothing more, or everything, or contradicts another
    ├── NotAuthorized             the admin's bearer token is missing or wrong
    │   └── AdminClosed           no bearer token is set anywhere, so nobody may enter
    ├── NotFound                  no such category, product, job, generation or page
    ├── Gone                      a product that existed and is not shown any more
    ├── Conflict                  the request is right but cannot be done now
    │   ├── JobActive             a job of that kind is already queued or running
    │   └── LifecycleBusy         another life-cycle command holds the lock (I8)
    ├── CatalogFileError          a catalog file that cannot be read at all
    ├── WordTableError            a table of words in analyzers/ has a broken line; the message names it
    ├── SynonymFileError          a file of synonyms with a broken line; the message names it
    ├── DependencyDown            a server that is needed does not answer in time
    │   ├── DatabaseDown
    │   ├── SchemaBehind          the database has the schema of another version
    │   ├── SearchDown
    │   ├── CacheDown
    │   ├── StreamDown            Kinesis does not answer, or a limit of it is reached
    │   └── StreamGone            the stream was deleted while it was used
    ├── IndexingError             the index could not be brought to the wanted state; the old one still serves
    │   ├── NoLiveGeneration      nothing has been built yet
    │   ├── GateRefused           the new generation is not right, so the alias did not move (I9)
    │   ├── WriteBlocked          OpenSearch refuses writes: disk full, read-only
    │   ├── GenerationGone        a late write to a generation that was pruned (I3)
    │   ├── CaptureFailed         Debezium ended; what it said is in the message
    │   ├── StreamRefused         Kinesis refuses this user or this request; a person must act
    │   ├── UnreadableEvent       a change event that is not what the connector writes
    │   ├── PairExpired           a (version, snapshot) pair is older than D (I2)
    │   ├── Cancelled             a person asked for it
    │   └── UnsafeCluster         a setting that the protocol relies on is missing and cannot be set
    └── StackError                the embedded servers
        ├── DownloadFailed
        ├── PortTaken
        └── StartFailed

Each class has a stable `code`; a message says what to do. There is no HTTP here: api/errors.py has the table.
"""


class TanabanError(Exception):
    """Base of all. `code` is stable; clients and alert rules may rely on it."""

    code = "error"


class BadRequest(TanabanError):
    code = "bad_request"


class InvalidParameter(BadRequest):
    code = "invalid_parameter"


class UnknownParameter(BadRequest):
    code = "unknown_parameter"


class BadCursor(BadRequest):
    code = "bad_cursor"


class BodyTooLarge(BadRequest):
    code = "body_too_large"


class SynonymRefused(BadRequest):
    code = "synonym_refused"


class NotAuthorized(TanabanError):
    code = "not_authorized"


class AdminClosed(NotAuthorized):
    code = "admin_closed"


class NotFound(TanabanError):
    code = "not_found"


class Gone(TanabanError):
    code = "gone"


class Conflict(TanabanError):
    code = "conflict"


class JobActive(Conflict):
    code = "job_active"


class LifecycleBusy(Conflict):
    code = "lifecycle_busy"


class CatalogFileError(TanabanError):
    code = "catalog_file"


class WordTableError(TanabanError):
    code = "word_table"


class SynonymFileError(TanabanError):
    code = "synonym_file"


class DependencyDown(TanabanError):
    code = "dependency_down"


class DatabaseDown(DependencyDown):
    code = "database_down"


class SchemaBehind(DependencyDown):
    code = "schema_behind"


class SearchDown(DependencyDown):
    code = "search_down"


class CacheDown(DependencyDown):
    code = "cache_down"


class StreamDown(DependencyDown):
    code = "stream_down"


class StreamGone(DependencyDown):
    code = "stream_gone"


class IndexingError(TanabanError):
    code = "indexing"


class NoLiveGeneration(IndexingError):
    code = "no_live_generation"


class GateRefused(IndexingError):
    code = "gate_refused"


class WriteBlocked(IndexingError):
    code = "write_blocked"


class GenerationGone(IndexingError):
    code = "generation_gone"


class CaptureFailed(IndexingError):
    code = "capture_failed"


class StreamRefused(IndexingError):
    code = "stream_refused"


class UnreadableEvent(IndexingError):
    code = "unreadable_event"


class PairExpired(IndexingError):
    code = "pair_expired"


class Cancelled(IndexingError):
    code = "cancelled"


class UnsafeCluster(IndexingError):
    code = "unsafe_cluster"


class StackError(TanabanError):
    code = "stack"


class DownloadFailed(StackError):
    code = "download_failed"


class PortTaken(StackError):
    code = "port_taken"


class StartFailed(StackError):
    code = "start_failed"
