// Runs in a page with a timeline: what of it can't be read, used by keyboard, or covers another part.
(() => {
  const faults = [];
  const fault = (...words) => faults.push(words.join(" "));
  const svg = document.querySelector("svg");
  const box = (element) => element.getBoundingClientRect();
  const frame = box(svg);
  const shown = [...svg.querySelectorAll("text:not(.tip)")];
  const say = (text) => JSON.stringify(text.textContent.slice(0, 40));

  // Texts stay in the drawing and cover no other text.
  const boxes = shown.map((text) => ({ text, b: box(text) }));
  for (const { text, b } of boxes)
    if (b.left < frame.left - 0.5 || b.right > frame.right + 0.5 || b.bottom > frame.bottom + 0.5)
      fault("text leaves the drawing:", say(text));
  const meets = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 &&
                          a.top < b.bottom - 3 && b.top < a.bottom - 3;
  for (let i = 0; i < boxes.length; i++)
    for (let k = i + 1; k < boxes.length; k++)
      if (meets(boxes[i].b, boxes[k].b)) fault("texts meet:", say(boxes[i].text), say(boxes[k].text));

  // Names end before the bars begin, lengths begin after them, spans of a lane do not cover each other.
  for (const lane of svg.querySelectorAll(".lane")) {
    const spans = [...lane.querySelectorAll(".span")].map(box).sort((a, b) => a.left - b.left);
    const name = lane.querySelector(".name"), length = lane.querySelector(".len");
    for (const span of spans) {
      if (box(name).right > span.left) fault("name reaches into the bar:", say(name));
      if (length.textContent && box(length).left < span.right) fault("bar reaches the length:", say(name));
    }
    for (let i = 1; i < spans.length; i++)
      if (spans[i].left < spans[i - 1].right - 0.1)
        fault("spans meet:", say(name), spans[i - 1].right, spans[i].left);
    for (const label of lane.querySelectorAll(".in")) {
      const span = box(label.parentNode.querySelector(".span"));
      if (box(label).right > span.right || box(label).left < span.left) fault("label leaves its span:", say(label));
    }
    for (const span of lane.querySelectorAll("g"))
      if (!span.querySelector("title")) fault("a span without tooltip in", say(name));
  }

  // Contrast (WCAG 2.1): 4.5 to 1 for texts.
  const light = (colour) => {
    const c = colour.match(/[\d.]+/g).slice(0, 3).map((v) => v / 255)
      .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2];
  };
  const fill = (element) => light(getComputedStyle(element).fill);
  const back = fill(svg.querySelector(".bg"));
  for (const text of shown) {
    const under = text.classList.contains("in") ? fill(text.parentNode.querySelector(".span")) : back;
    const [dark, bright] = [fill(text), under].sort((a, b) => a - b);
    if ((bright + 0.05) / (dark + 0.05) < 4.5) fault("too little contrast:", say(text));
  }

  // Keyboard: a lane that has the focus says what it consists of.
  const page = document.querySelector("main") !== null;
  const lanes = [...svg.querySelectorAll(".lane")];
  for (const lane of page ? lanes : []) {
    lane.focus();
    if (document.activeElement !== lane) fault("a lane takes no focus");
    if (!lane.getAttribute("aria-label")) fault("a lane without label");
    const tip = lane.querySelector(".tip");
    if (getComputedStyle(tip).visibility !== "visible") fault("no words for", say(tip));
    const b = box(tip);
    if (b.right > frame.right || b.bottom > frame.bottom) fault("words leave the drawing:", say(tip));
    for (const other of boxes) if (meets(other.b, b)) fault("words meet", say(other.text));
  }
  if (page && document.documentElement.scrollWidth > innerWidth) fault("the page is wider than the window");
  if (!document.querySelector("title").textContent.startsWith("Timeline of")) fault("title");
  return JSON.stringify({ faults, lanes: lanes.length, texts: shown.length, width: innerWidth,
                          dark: matchMedia("(prefers-color-scheme: dark)").matches,
                          scripts: document.scripts.length });
})()
