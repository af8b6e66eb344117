// The admin page's part that explains a search: how a text is read, and what scores are made of.
"use strict";

const STAGES = {
  strict: "すべての言葉に一致",
  lookalike: "似た表記で一致",
  typo: "近いつづりで一致",
  partial: "一部の言葉を除いて一致",
  bigram: "文字の並びで一致",
  popular: "一致なし（人気の商品）",
};
const PARTS = { popularity: "人気", published_at: "新しさ", "in_stock:T": "在庫あり" };
const score = new Intl.NumberFormat("ja-JP", { minimumFractionDigits: 2, maximumFractionDigits: 2 });

async function explain(text) {
  const answer = await ask("GET", `/admin/explain?${new URLSearchParams({ q: text })}`);
  const taken = Object.entries(answer.recognised).map(([written, label]) => `${written} → ${label}`);
  const dropped = answer.dropped.map((word) => `「${word}」を除外`);
  get("explain-summary").textContent = [
    `${STAGES[answer.stage]}、${number.format(answer.total)}件`,
    ...taken,
    ...dropped,
  ].join(" ／ ");
  get("explain-words").replaceChildren(
    ...Object.entries(answer.words).map(([word, found]) => rowOf([word, found.join(" または ")])),
  );
  get("explain-hits").replaceChildren(
    ...answer.hits.map((hit, place) => rowOf([place + 1, hit.name, score.format(hit.score), describeParts(hit)])),
  );
  get("explain-body").textContent = JSON.stringify(answer.body, null, 2);
  get("explanation").hidden = false;
}

function describeParts(hit) {
  const parts = [...hit.parts, { term: "popularity", score: hit.popularity }];
  return parts.map((part) => `${PARTS[part.term] ?? part.term} ${score.format(part.score)}`).join(" + ");
}

get("explain-form").addEventListener("submit", (event) => {
  event.preventDefault();
  attempt(() => explain(get("explain-text").value));
});
