// The admin page's view of change capture, comparisons and dead letters. It builds on admin.js.
"use strict";

const SYNC_POLL_MS = 2000;
const COMPARE_KEY = "tanaban-compare-job";
const REPLAY_KEY = "tanaban-replay-job";
const FANOUT_KINDS = { brand: "ブランドの変更", seller: "ショップの変更", category: "カテゴリーの変更", reconcile: "全件の照合" };
const CAUSES = { missing: "不足", ghost: "余分", stale: "古い内容", parked: "登録できない文書", stranger: "管理外の文書" };
const NONE = "―";

const decimal = new Intl.NumberFormat("ja-JP", { minimumFractionDigits: 1, maximumFractionDigits: 1 });

let syncTimer = 0;
let isAway = false;

function stopWatchingSync() {
  clearTimeout(syncTimer);
}

async function watchSync() {
  stopWatchingSync();
  if (!document.hidden) await showSync();
  await Promise.all([followCompare(), followReplay()]);
  syncTimer = setTimeout(() => attempt(keepWatching), SYNC_POLL_MS);
}

// A server that is away for a moment does not end it; a token that is refused, or forgotten, does.
async function keepWatching() {
  try {
    await watchSync();
    if (isAway) say("接続が戻りました。");
    isAway = false;
  } catch (error) {
    isAway = true;
    const isRefused = error instanceof Refused && (error.status === 401 || error.status === 403);
    if (!isRefused) syncTimer = setTimeout(() => attempt(keepWatching), SYNC_POLL_MS);
    throw error;
  }
}

async function showSync() {
  const sync = await ask("GET", "/admin/sync");
  showCapture(sync);
  showLanes(sync);
  const { p50_ms, p99_ms, samples } = sync.freshness;
  fill("sync-freshness", ...(p50_ms === null
    ? [NONE, "測定した変更はまだありません"]
    : [`中央値 ${number.format(p50_ms)}ミリ秒`, `99パーセンタイル ${number.format(p99_ms)}ミリ秒（直近${number.format(samples)}件）`]));
  fill("sync-letters", `${number.format(sync.dead_letters)}件`, sync.dead_letters ? "原因を直してから再登録してください" : "", sync.dead_letters > 0);
  get("fanouts").hidden = sync.fanouts.length === 0;
  get("fanout-rows").replaceChildren(...sync.fanouts.map(buildFanout));
  get("proof-rows").replaceChildren(...sync.proofs.map(buildProof));
}

function showCapture(sync) {
  if (sync.is_running) fill("sync-capture", "稼働中", "");
  else if (sync.stopped_at === null) fill("sync-capture", "未開始", "tanaban sync run で始まります", true);
  else fill("sync-capture", "停止中", `${formatTime(sync.stopped_at)}から（tanaban sync run で再開）`, true);
  if (sync.slot === null) fill("sync-wal", NONE, "");
  else fill("sync-wal", `${decimal.format(sync.slot.lag_bytes / 2 ** 20)} MB`, `スロットの状態: ${sync.slot.wal_status}`, sync.slot.wal_status === "lost");
}

function showLanes({ is_running, live_lane: live, low_lane: low }) {
  if (live !== null) {
    const waiting = live.events ? `処理中 ${number.format(live.events)}件` : "待ちなし";
    const since = live.oldest_s === null ? [] : [`${decimal.format(live.oldest_s)}秒前から`];
    const pace = live.products_per_s === null ? [] : [`${number.format(live.products_per_s)}件/秒`];
    fill("sync-live", waiting, [...since, ...pace].join("・"));
  } else if (is_running) fill("sync-live", "応答なし", "1分以上、書き込みの報告がありません", true);
  else fill("sync-live", NONE, "");
  if (low.jobs === 0) fill("sync-low", "待ちなし", "");
  else fill("sync-low", `${number.format(low.jobs)}件`, [`商品 ${formatAmount(low.products_done, low.products_total)}`, ...formatPace(low)].join("・"));
}

// A row's two figures; what needs a person is marked, beside saying so.
function fill(id, state, detail, isTrouble = false) {
  const [first, second] = get(id).querySelectorAll("td");
  first.textContent = state;
  second.textContent = detail;
  get(id).classList.toggle("trouble", isTrouble);
}

function buildFanout(job) {
  return rowOf([
    job.id,
    FANOUT_KINDS[job.kind],
    job.key ?? NONE,
    formatAmount(job.done, job.total),
    job.rate_per_s === null ? NONE : `${number.format(job.rate_per_s)}件/秒`,
    job.eta_s === null ? NONE : formatLeft(job.eta_s),
    formatTime(job.created_at),
  ]);
}

function buildProof(proof) {
  const row = rowOf([
    proof.generation,
    GENERATION_STATES[proof.state],
    proof.clean_at === null ? "まだありません" : formatTime(proof.clean_at),
    proof.clean_products === null ? NONE : `${number.format(proof.clean_products)}件`,
    proof.drift ? `${number.format(proof.drift)}件` : "なし",
  ]);
  row.classList.toggle("trouble", proof.drift > 0);
  return row;
}

function formatAmount(done, total) {
  return total === null ? number.format(done) : `${number.format(done)} / ${number.format(total)}件`;
}

function formatPace({ rate_per_s, eta_s }) {
  return [...(rate_per_s === null ? [] : [`${number.format(rate_per_s)}件/秒`]), ...(eta_s === null ? [] : [`残り${formatLeft(eta_s)}`])];
}

function formatLeft(seconds) {
  return seconds < 120 ? `${number.format(Math.ceil(seconds))}秒` : `約${number.format(seconds / 60)}分`;
}

// The job that this tab started, or null; one that the server does not know any more is forgotten.
async function fetchStarted(key, path) {
  const id = sessionStorage.getItem(key);
  if (id === null) return null;
  try {
    return await ask("GET", `${path}/${id}`);
  } catch (error) {
    if (!(error instanceof Refused && error.status === 404)) throw error;
    sessionStorage.removeItem(key);
    return null;
  }
}

async function followCompare() {
  const job = await fetchStarted(COMPARE_KEY, "/admin/reconcile");
  if (job !== null) showCompare(job);
}

function showCompare(job) {
  const isActive = ACTIVE_STATES.includes(job.state);
  get("compare").disabled = get("repair").disabled = isActive;
  get("stop-compare").disabled = !isActive;
  tell("compare-state", `照合: ${isActive ? describeProgress(job) : describeEnd(job, describeProofs)}`);
}

function describeProofs({ clean, generations }) {
  if (clean) return `${describeRepaired(generations)}すべて一致しました`;
  const obstacles = generations.filter((each) => each.obstacle).map((each) => `世代${each.generation}は照合できません（作り直してください）`);
  const left = countCauses(generations, "left");
  return describeRepaired(generations) + [...left.map((text) => `違いが残っています（${text}）`), ...obstacles].join("、");
}

function describeRepaired(generations) {
  const repaired = countCauses(generations, "repaired");
  return repaired.length ? `${repaired.join("、")}を修復し、` : "";
}

function countCauses(generations, name) {
  const counts = {};
  for (const each of generations) {
    for (const [cause, { documents }] of Object.entries(each[name])) counts[cause] = (counts[cause] ?? 0) + documents;
  }
  return Object.entries(counts).map(([cause, count]) => `${CAUSES[cause]} ${number.format(count)}件`);
}

async function followReplay() {
  const job = await fetchStarted(REPLAY_KEY, "/admin/dead-letters/replay");
  if (job === null) return;
  const isActive = ACTIVE_STATES.includes(job.state);
  get("replay").disabled = isActive;
  tell("replay-state", `再登録: ${isActive ? describeProgress(job) : describeEnd(job, describeReplay)}`);
}

function describeReplay({ accepted, rejected, gone }) {
  const parts = [`登録 ${number.format(accepted)}件`, `再び失敗 ${number.format(rejected)}件`];
  if (gone) parts.push(`商品が削除済み ${number.format(gone)}件`);
  return parts.join("、");
}

function describeProgress(job) {
  if (job.state === "queued") return job.reason ? `待機中（${job.reason}）` : "待機中";
  const left = job.eta_s === null ? "" : `・残り${formatLeft(job.eta_s)}`;
  return `実行中 ${formatAmount(job.done, job.total)}${left}`;
}

function describeEnd(job, describeResult) {
  if (job.state === "done") return `${describeResult(job.result)}。`;
  return `${JOB_STATES[job.state]}${job.reason ? `（${job.reason}）` : ""}`;
}

// Screen readers read a status whenever it is written, so only what is new is.
function tell(id, text) {
  if (get(id).textContent !== text) get(id).textContent = text;
}

function startJob(key, path, body, follow) {
  return attempt(async () => {
    const { id } = await ask("POST", path, body);
    sessionStorage.setItem(key, id);
    await follow();
  });
}

get("compare").addEventListener("click", () => startJob(COMPARE_KEY, "/admin/reconcile", { repair: false }, followCompare));
get("repair").addEventListener("click", () => startJob(COMPARE_KEY, "/admin/reconcile", { repair: true }, followCompare));
get("replay").addEventListener("click", () => startJob(REPLAY_KEY, "/admin/dead-letters/replay", undefined, followReplay));
get("stop-compare").addEventListener("click", () =>
  attempt(async () => {
    get("stop-compare").disabled = true;
    showCompare(await ask("POST", `/admin/reconcile/${sessionStorage.getItem(COMPARE_KEY)}/cancel`));
  }),
);
