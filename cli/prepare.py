"""From running servers to something to search: schema, sample catalog, index. Each step only where it is missing."""

from contextlib import closing

from cli.interrupt import Interrupt
from cli.output import Output
from core.clients import connect_database
from core.settings import Settings


def prepare_catalog_and_index(settings: Settings, products: int, output: Output, interrupt: Interrupt) -> None:
    """Migrate; fill an empty database with `products` of the sample catalog (0: leave it so); index if none is served.

    Raises: DatabaseDown, SearchDown, IndexingError.
    """
    from catalog.migrate import migrate

    output.say("Database: bringing the schema up to date")
    migrate(settings)
    if products and not has_products(settings):
        load_sample(settings, products, output)
    if not is_index_served(settings):
        build_index(settings, output, interrupt)


def has_products(settings: Settings) -> bool:
    with closing(connect_database(settings, autocommit=True)) as connection:
        return connection.execute("SELECT 1 FROM products LIMIT 1").fetchone() is not None


def is_index_served(settings: Settings) -> bool:
    """Asks OpenSearch's alias, not the registry: an index can be lost with its server's data."""
    from indexing.status import fetch_status

    return fetch_status(settings).searched_index is not None


def load_sample(settings: Settings, products: int, output: Output) -> None:
    from catalog.sample.generate import generate_sample

    with output.progress("Sample catalog", "products") as advance:
        generate_sample(settings, products, on_progress=advance)


def build_index(settings: Settings, output: Output, interrupt: Interrupt) -> None:
    from cli.index_commands import show_phases
    from indexing.rebuild import rebuild

    with show_phases(output) as show, interrupt.deferred() as should_stop:
        rebuild(settings, on_progress=show, should_stop=should_stop)
