"""Whether a synonym may join others: what it repeats or contradicts."""

from dataclasses import dataclass

from analyzers.synonyms import Rule, Synonym, read_rule
from core.errors import SynonymRefused
from core.limits import SYNONYM_TARGETS_MAX


@dataclass(frozen=True, slots=True)
class Standing:
    """A rule that is there already, and whose it is: "curated file", "line 7", "your own"."""

    synonym: Synonym
    owner: str


class SynonymCheck:
    """Rules that stand, against which new ones are held one by one."""

    def __init__(self) -> None:
        self._standing: dict[tuple[str, str], Standing] = {}
        self._targets: dict[str, int] = {}

    def include(self, synonym: Synonym, owner: str) -> None:
        """Have a rule stand that was checked before; one that this version refuses does not count."""
        try:
            rule = read_rule(synonym)
        except SynonymRefused:
            return
        self._stand(rule, Standing(synonym, owner))

    def add(self, synonym: Synonym, owner: str) -> Rule:
        """Have a new rule stand.

        Raises: SynonymRefused, with the reason.
        """
        rule = read_rule(synonym)
        if rule.is_needless:
            raise SynonymRefused(f"{synonym.source} and {synonym.target} are one word already; no rule is needed")
        self._refuse_repetition(rule, synonym)
        if self._targets.get(rule.source_key, 0) >= SYNONYM_TARGETS_MAX:
            raise SynonymRefused(f"{synonym.source} has {SYNONYM_TARGETS_MAX} synonyms already, which is the limit")
        self._stand(rule, Standing(synonym, owner))
        return rule

    def find(self, synonym: Synonym) -> Standing | None:
        """The rule that stands for the same words; None also for words that could have no rule."""
        try:
            return self._standing.get(read_rule(synonym).pair)
        except SynonymRefused:
            return None

    def _refuse_repetition(self, rule: Rule, synonym: Synonym) -> None:
        known = self._standing.get(rule.pair)
        if known is None:
            return
        words = f"{known.synonym.source} -> {known.synonym.target}"
        if known.synonym.weight == synonym.weight:
            raise SynonymRefused(f"{words} is there already ({known.owner})")
        raise SynonymRefused(
            f"{words} is there already with weight {known.synonym.weight:g} ({known.owner}), which {synonym.weight:g} "
            "contradicts; remove that one first"
        )

    def _stand(self, rule: Rule, standing: Standing) -> None:
        if rule.pair not in self._standing:
            self._targets[rule.source_key] = self._targets.get(rule.source_key, 0) + 1
        self._standing[rule.pair] = standing
