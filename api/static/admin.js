// The admin page over the JSON API. The token stays in this tab's sessionStorage and goes out as a bearer token only.
"use strict";

const POLL_MS = 500;
const SECTIONS = ["sync", "check", "job", "explain", "generations"];
const TOKEN_KEY = "tanaban-admin-token";
const JOB_KEY = "tanaban-reindex-job";
const ACTIVE_STATES = ["queued", "running", "checking"];
const JOB_STATES = {
  queued: "待機中",
  running: "作成中",
  checking: "検査中",
  done: "完了",
  refused: "公開見送り",
  failed: "失敗",
  cancelled: "中止",
};
const GENERATION_STATES = { building: "作成中", live: "公開中", standby: "待機", failed: "失敗", retired: "終了" };

const number = new Intl.NumberFormat("ja-JP", { maximumFractionDigits: 0 });
const time = new Intl.DateTimeFormat("ja-JP", { dateStyle: "short", timeStyle: "medium" });
const get = (id) => document.getElementById(id);

let timer = 0;

class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function ask(method, path, body) {
  const token = sessionStorage.getItem(TOKEN_KEY) ?? "";
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(response.status, answer.message ?? response.statusText);
  return answer;
}

function say(text, kind = "info") {
  get("message").textContent = text;
  get("message").dataset.kind = kind;
}

// Runs what a button does; what goes wrong is said on the page.
async function attempt(work) {
  try {
    await work();
  } catch (error) {
    if (error instanceof Refused && (error.status === 401 || error.status === 403)) lock();
    say(error instanceof Refused ? `${error.status}: ${error.message}` : "サーバーに接続できません。", "error");
  }
}

function lock() {
  clearTimeout(timer);
  stopWatchingSync();
  sessionStorage.removeItem(TOKEN_KEY);
  for (const id of SECTIONS) get(id).hidden = true;
}

async function unlock() {
  await showGenerations();
  await watchSync();
  for (const id of SECTIONS) get(id).hidden = false;
  say("接続しました。");
  if (sessionStorage.getItem(JOB_KEY)) await follow();
}

async function showGenerations() {
  const { generations } = await ask("GET", "/admin/index");
  get("generation-rows").replaceChildren(...generations.map(buildRow));
  get("rollback").disabled = !generations.some((each) => each.state === "standby");
}

function buildRow(generation) {
  return rowOf([
    generation.id,
    GENERATION_STATES[generation.state],
    generation.index_name,
    generation.documents === null ? "―" : number.format(generation.documents),
    generation.size_bytes === null ? "―" : `${number.format(generation.size_bytes / 2 ** 20)} MB`,
    formatTime(generation.created_at),
    formatTime(generation.live_at),
    generation.reason ?? "",
  ]);
}

function rowOf(values) {
  const row = document.createElement("tr");
  for (const value of values) row.insertCell().textContent = value;
  return row;
}

function formatTime(iso) {
  return iso ? time.format(new Date(iso)) : "";
}

async function follow() {
  clearTimeout(timer);
  const job = await ask("GET", `/admin/reindex/${sessionStorage.getItem(JOB_KEY)}`);
  showJob(job);
  if (ACTIVE_STATES.includes(job.state)) timer = setTimeout(() => attempt(follow), POLL_MS);
  else await showGenerations();
}

function showJob(job) {
  const isActive = ACTIVE_STATES.includes(job.state);
  get("progress").hidden = false;
  get("start").disabled = isActive;
  get("cancel").disabled = !isActive;
  get("state").textContent = JOB_STATES[job.state];
  get("done").textContent = number.format(job.done) + (job.total === null ? "" : ` / ${number.format(job.total)}`);
  get("rate").textContent = job.rate_per_s === null ? "―" : `${number.format(job.rate_per_s)}件/秒`;
  get("eta").textContent = job.eta_s === null ? "―" : `${number.format(Math.ceil(job.eta_s))}秒`;
  get("generation").textContent = job.generation ?? "―";
  showBar(job);
  const text = `再構築: ${JOB_STATES[job.state]}${job.reason ? `（${job.reason}）` : ""}`;
  if (get("message").textContent !== text) {
    say(text, ["refused", "failed"].includes(job.state) ? "error" : "info");
  }
}

// Without a value the bar shows that something goes on, no more.
function showBar(job) {
  const bar = get("bar");
  if (job.state === "done") bar.value = 1;
  else if (job.total && job.state !== "queued") bar.value = Math.min(1, job.done / job.total);
  else bar.removeAttribute("value");
}

get("token-form").addEventListener("submit", (event) => {
  event.preventDefault();
  sessionStorage.setItem(TOKEN_KEY, get("token").value.trim());
  get("token").value = "";
  attempt(unlock);
});
get("forget").addEventListener("click", () => {
  lock();
  say("トークンを消去しました。");
});
get("start").addEventListener("click", () =>
  attempt(async () => {
    get("start").disabled = true;
    try {
      const { id } = await ask("POST", "/admin/reindex");
      sessionStorage.setItem(JOB_KEY, id);
    } catch (error) {
      get("start").disabled = false;
      throw error;
    }
    await follow();
  }),
);
get("cancel").addEventListener("click", () =>
  attempt(async () => {
    get("cancel").disabled = true;
    showJob(await ask("POST", `/admin/reindex/${sessionStorage.getItem(JOB_KEY)}/cancel`));
  }),
);
get("rollback").addEventListener("click", () =>
  attempt(async () => {
    if (!confirm("公開中の世代を1つ前に戻します。よろしいですか？")) return;
    await ask("POST", "/admin/rollback");
    await showGenerations();
    say("1つ前の世代に戻しました。");
  }),
);

// After admin_sync.js, which has its own part of what unlock does.
document.addEventListener("DOMContentLoaded", () => {
  if (sessionStorage.getItem(TOKEN_KEY)) attempt(unlock);
});
