// Findings on the page as text, one each; the rules of axe-core that matter to a shop, as far as a page can tell.
() => {
  const findings = [];
  const find = (rule, node) => findings.push(`${rule}: ${node.outerHTML.slice(0, 120)}`);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const isShown = (node) => node.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true });

  // One of each landmark, and nothing that is read outside of them.
  for (const selector of ["main", "body > header", "body > footer", "h1"]) {
    if (all(selector).length !== 1) findings.push(`exactly one ${selector}: ${all(selector).length}`);
  }
  for (const node of document.body.children) {
    if (!node.matches("header, main, footer, a.skip")) find("outside of all landmarks", node);
  }
  for (const node of all("nav, section")) if (!nameOf(node)) find("unnamed landmark", node);

  // Names.
  function nameOf(node) {
    const ids = node.getAttribute("aria-labelledby");
    if (ids) return ids.split(" ").map((id) => document.getElementById(id)?.textContent ?? "").join(" ").trim();
    return node.getAttribute("aria-label") ?? node.getAttribute("title") ?? "";
  }
  const textOf = (node) =>
    (node.textContent + [...node.querySelectorAll("img[alt]")].map((image) => image.alt).join(" ")).trim();
  for (const node of all("a[href], button, summary")) if (!nameOf(node) && !textOf(node)) find("no name", node);
  for (const node of all("input:not([type=hidden]), select, textarea")) {
    if (!nameOf(node) && node.labels.length === 0) find("no label", node);
  }
  for (const node of all("img")) {
    if (!node.hasAttribute("alt")) find("no alt", node);
    if (!node.hasAttribute("width") || !node.hasAttribute("height")) find("no width and height", node);
  }

  // Headings go down one level at a time.
  let level = 0;
  for (const node of all("h1, h2, h3, h4, h5, h6").filter(isShown)) {
    const next = Number(node.tagName[1]);
    if (next > level + 1) find(`heading jumps from ${level}`, node);
    level = next;
  }

  // Ids, and what points to them.
  const ids = all("[id]").map((node) => node.id);
  for (const id of new Set(ids)) if (ids.filter((each) => each === id).length > 1) findings.push(`id twice: ${id}`);
  for (const attribute of ["for", "aria-labelledby", "aria-controls", "aria-activedescendant"]) {
    for (const node of all(`[${attribute}]`)) {
      for (const id of node.getAttribute(attribute).split(" ")) {
        if (!document.getElementById(id)) find(`${attribute} points nowhere`, node);
      }
    }
  }
  for (const node of all("[tabindex]")) if (node.tabIndex > 0) find("own tab order", node);
  if (document.querySelector("[style], style, script:not([src]):not([type='application/ld+json'])")) {
    findings.push("inline style or script");
  }

  // Contrast of text (WCAG 1.4.3), by https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const rgba = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return canvas.getImageData(0, 0, 1, 1).data;
  };
  const luminance = ([r, g, b]) => {
    const linear = [r, g, b].map((value) => value / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  };
  const groundOf = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const color = rgba(getComputedStyle(at).backgroundColor);
      if (color[3] === 255) return color;
    }
    return [255, 255, 255];
  };
  const contrast = (one, other) => {
    const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const seen = new Set();
  while (texts.nextNode()) {
    const node = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || seen.has(node) || !isShown(node)) continue;
    if (node.closest(".visually-hidden, script, noscript, :disabled, option, [aria-hidden=true], svg")) continue;
    seen.add(node);
    const style = getComputedStyle(node);
    const size = parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const ratio = contrast(rgba(style.color), groundOf(node));
    if (ratio < (isLarge ? 3 : 4.5)) find(`contrast ${ratio.toFixed(2)}`, node);
  }
  return [...new Set(findings)];
};
