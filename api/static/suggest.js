// Suggestions for each search field: an ARIA 1.2 combobox with a listbox, over GET /v1/suggest.
// Nothing is asked while an input method composes, and the Enter that confirms a composition does not submit.
"use strict";

const DEBOUNCE_MS = 120;
const LIMIT = 6; // Of each kind, and of the order of all.

const yen = new Intl.NumberFormat("ja-JP");

function element(name, attributes, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

// Title, how many options, and what an option of each kind shows and opens.
const KINDS = {
  query: {
    title: "検索",
    list: "queries",
    most: 5,
    option: (each) => ({ label: each.text, note: "", url: `/search?q=${encodeURIComponent(each.text)}` }),
  },
  category: {
    title: "カテゴリ",
    list: "categories",
    most: 3,
    option: (each) => ({
      label: each.name,
      note: each.path.split(" > ").slice(0, -1).join(" > "),
      url: `/c/${encodeURIComponent(each.slug)}`,
    }),
  },
  brand: {
    title: "ブランド",
    list: "brands",
    most: 3,
    option: (each) => ({
      label: each.name,
      note: `${yen.format(each.count)}件`,
      url: `/search?brand=${encodeURIComponent(each.name)}`,
    }),
  },
  product: {
    title: "商品",
    list: "products",
    most: 4,
    option: (each) => ({
      label: each.name,
      note: `${yen.format(each.price)}円`,
      image: each.image,
      url: `/p/${encodeURIComponent(each.id)}`,
    }),
  },
};

// [{title, options: [{label, note, image, url}]}]: the kind of the best suggestion first, empty groups left out.
function groupsOf(answer) {
  const kinds = [...new Set([...answer.ranked.map((each) => each.kind), ...Object.keys(KINDS)])];
  return kinds
    .map((kind) => KINDS[kind])
    .map(({ title, list, most, option }) => ({ title, options: answer[list].slice(0, most).map(option) }))
    .filter((group) => group.options.length > 0);
}

class Suggestions {
  constructor(input) {
    this.input = input;
    this.listId = `${input.id}-suggestions`;
    this.options = [];
    this.active = -1;
    this.isComposing = false;
    this.request = null;
    this.timer = 0;
    this.list = element("div", { id: this.listId, class: "suggestions", role: "listbox", "aria-label": "検索候補" });
    this.list.hidden = true;
    this.status = element("p", { class: "visually-hidden", role: "status" });
    input.after(this.list, this.status);
    for (const [name, value] of Object.entries({
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": this.listId,
      "aria-haspopup": "listbox",
    })) {
      input.setAttribute(name, value);
    }
    this.listen();
  }

  listen() {
    const { input, list } = this;
    input.addEventListener("compositionstart", () => {
      this.isComposing = true;
      this.cancel();
    });
    input.addEventListener("compositionend", () => {
      this.isComposing = false;
      this.schedule();
    });
    input.addEventListener("input", (event) => {
      if (!this.isComposing && !event.isComposing) this.schedule();
    });
    input.addEventListener("keydown", (event) => this.onKey(event));
    input.addEventListener("blur", () => this.close());
    // Keeps the focus in the field, so that the click comes before the blur would close the list.
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) location.assign(option.dataset.url);
    });
  }

  onKey(event) {
    // Safari ends the composition before the keydown of the Enter that ended it; 229 still tells.
    if (this.isComposing || event.isComposing || event.keyCode === 229) {
      if (event.key === "Enter") event.preventDefault();
      return;
    }
    switch (event.key) {
      case "ArrowDown":
      case "ArrowUp":
        event.preventDefault();
        if (this.list.hidden) this.schedule();
        else this.move(event.key === "ArrowDown" ? 1 : -1);
        break;
      case "Enter":
        if (this.active >= 0) {
          event.preventDefault();
          location.assign(this.options[this.active].dataset.url);
        }
        break;
      case "Escape":
        if (!this.list.hidden) {
          event.preventDefault();
          this.close();
        }
        break;
    }
  }

  schedule() {
    this.cancel();
    this.timer = setTimeout(() => this.ask(), DEBOUNCE_MS);
  }

  // Also drops the answer to an older text that is still on its way.
  cancel() {
    clearTimeout(this.timer);
    this.request?.abort();
    this.request = null;
  }

  async ask() {
    const text = this.input.value.trim();
    if (!text) return this.close();
    const request = new AbortController();
    this.request = request;
    const query = new URLSearchParams({ q: text, limit: LIMIT });
    try {
      const response = await fetch(`${this.input.dataset.suggest}?${query}`, { signal: request.signal });
      const answer = response.ok ? await response.json() : null;
      if (answer) this.show(groupsOf(answer));
      else this.close();
    } catch (error) {
      if (error.name !== "AbortError") this.close();
    }
  }

  show(groups) {
    this.list.replaceChildren(...groups.map((group, index) => this.buildGroup(group, index)));
    this.options = [...this.list.querySelectorAll("[role=option]")];
    this.options.forEach((option, index) => { option.id = `${this.listId}-${index}`; });
    this.setActive(-1);
    const isOpen = this.options.length > 0 && document.activeElement === this.input;
    this.list.hidden = !isOpen;
    this.input.setAttribute("aria-expanded", String(isOpen));
    this.status.textContent = isOpen ? `候補が${this.options.length}件あります` : "";
  }

  buildGroup(group, index) {
    const titleId = `${this.listId}-group-${index}`;
    const title = element("div", { id: titleId, class: "suggestions-title", role: "presentation" }, group.title);
    return element(
      "div",
      { role: "group", "aria-labelledby": titleId },
      title,
      ...group.options.map((option) => this.buildOption(option)),
    );
  }

  buildOption({ label, note, image, url }) {
    const option = element("div", { class: "suggestion", role: "option", "aria-selected": "false", "data-url": url });
    if (image) option.append(element("img", { src: image, alt: "", width: 36, height: 36, loading: "lazy" }));
    option.append(
      element("span", { class: "suggestion-name" }, label),
      element("span", { class: "suggestion-note" }, note),
    );
    return option;
  }

  // -1 is the field itself, between the last option and the first.
  move(step) {
    const places = this.options.length + 1;
    this.setActive(((this.active + 1 + step + places) % places) - 1);
  }

  setActive(index) {
    this.options[this.active]?.setAttribute("aria-selected", "false");
    this.active = index;
    const option = this.options[index];
    if (!option) return this.input.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", option.id);
  }

  close() {
    this.cancel();
    this.show([]);
  }
}

for (const input of document.querySelectorAll("input[data-suggest]")) new Suggestions(input);
