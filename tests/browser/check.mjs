// Opens report pages in a headless browser and says what is wrong with them: errors, requests, figures
// without a size, a page that scrolls sideways, tables that do not sort, links that lead nowhere, and what
// axe-core finds serious.
//
// node check.mjs [--shots FOLDER] PAGE...

import { existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const MOST_BYTES = 5_000_000;
const WIDTHS = [400, 1400];
const LOOKS = [
  { name: "light", media: "screen", colorScheme: "light" },
  { name: "dark", media: "screen", colorScheme: "dark" },
  { name: "print", media: "print", colorScheme: "light" },
];

const arguments_ = process.argv.slice(2);
const shots = arguments_[0] === "--shots" ? arguments_.splice(0, 2)[1] : undefined;
if (shots) mkdirSync(shots, { recursive: true });
if (!arguments_.length) {
  console.error("usage: node check.mjs [--shots FOLDER] PAGE...");
  process.exit(2);
}

let passed = 0;
const failures = [];
const check = (isIt, what) => (isIt ? passed++ : failures.push(what));

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-dev-shm-usage"],
});

// axe is not the page's own script, so the page's policy is lifted for it, and for nothing else.
for (const path of arguments_) {
  const url = pathToFileURL(resolve(path)).href;
  const name = basename(dirname(resolve(path)));
  const of = text => `${path}: ${text}`;
  if (!existsSync(path)) {
    check(false, of("there is no such page"));
    continue;
  }
  check(statSync(path).size < MOST_BYTES, of(`${statSync(path).size} bytes, more than ${MOST_BYTES}`));
  for (const look of LOOKS) {
    for (const width of WIDTHS) {
      const where = text => of(`${look.name}, ${width} pixels: ${text}`);
      const context = await browser.newContext({ viewport: { width, height: 900 } });
      const page = await context.newPage();
      const said = [];
      page.on("console", message => ["error", "warning"].includes(message.type()) && said.push(message.text()));
      page.on("pageerror", error => said.push(String(error)));
      page.on("request", request => {
        const asked = request.url();
        if (asked.split("#")[0] !== url && !asked.startsWith("data:")) said.push(`asks for ${asked}`);
      });
      await page.emulateMedia({ media: look.media, colorScheme: look.colorScheme });
      await page.goto(url);
      const [wide, screen] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      // Paper does not scroll, and tables that are wider than it are cut by the printer at its own width.
      if (look.media === "screen") check(wide <= screen, where(`scrolls sideways: ${wide} pixels`));
      const flat = await page.evaluate(() =>
        [...document.querySelectorAll("figure")]
          .filter(figure => {
            const box = figure.querySelector("svg")?.getBoundingClientRect();
            return !box || box.width < 10 || box.height < 10;
          })
          .map(figure => figure.id),
      );
      check(!flat.length, where(`figures without a size: ${flat.join(", ")}`));
      const mute = await page.evaluate(() =>
        [...document.querySelectorAll("svg")]
          .filter(svg => {
            const title = svg.querySelector("title")?.textContent;
            const desc = svg.querySelector("desc")?.textContent;
            return svg.getAttribute("role") !== "img" || !title || !desc;
          })
          .length,
      );
      check(mute === 0, where(`${mute} figures without a text alternative`));
      if (look.media === "screen") {
        // What is folded is read too, by axe and by the eye.
        await page.evaluate(() => document.querySelectorAll("details").forEach(fold => (fold.open = true)));
        const open = await page.evaluate(() => document.documentElement.scrollWidth);
        check(open <= width, where(`scrolls sideways with open folds: ${open} pixels`));
        await page.evaluate(`(() => { ${axe} })()`);
        const found = await page.evaluate(() => window.axe.run({ resultTypes: ["violations"] }));
        const serious = found.violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
        for (const { id, help, nodes } of serious) {
          check(false, where(`axe: ${id}: ${help}: ${nodes.slice(0, 3).map(node => node.html.slice(0, 160)).join(" | ")}`));
        }
        check(!serious.length, where(`axe finds ${serious.length} serious things`));
        await page.evaluate(() => document.querySelectorAll("details").forEach(fold => (fold.open = false)));
      }
      check(!said.length, where(said.slice(0, 5).join("; ")));
      if (shots && (look.name !== "print" || width === 1400)) {
        await page.screenshot({ path: join(shots, `${name}-${look.name}-${width}.png`), fullPage: true });
        if (look.media === "print") await page.pdf({ path: join(shots, `${name}.pdf`), format: "A4" });
      }
      await context.close();
    }
  }
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 } });
  const page = await context.newPage();
  await page.goto(url);
  await anchors(page, of);
  await sorting(page, of);
  await context.close();
  const plain = await browser.newContext({ javaScriptEnabled: false });
  const bare = await plain.newPage();
  await bare.goto(url);
  check((await bare.locator("h2").count()) > 3, of("has no sections without script"));
  check((await bare.locator("thead button").count()) === 0, of("has buttons that do nothing without script"));
  await plain.close();
}
await browser.close();

async function anchors(page, of) {
  const [dead, twice, folded] = await page.evaluate(() => {
    const ids = [...document.querySelectorAll("[id]")].map(element => element.id);
    const links = [...document.querySelectorAll("a[href^='#']")].map(link => link.getAttribute("href").slice(1));
    const known = new Set(ids);
    const inFold = links.find(link => document.getElementById(link)?.closest("details"));
    return [
      [...new Set(links.filter(link => !known.has(decodeURIComponent(link))))],
      ids.filter((id, place) => ids.indexOf(id) !== place),
      inFold,
    ];
  });
  check(!dead.length, of(`${dead.length} links lead nowhere: ${dead.slice(0, 5).join(", ")}`));
  check(!twice.length, of(`ids stand twice: ${twice.slice(0, 5).join(", ")}`));
  const outside = await page.evaluate(() =>
    [...document.querySelectorAll("a")].map(a => a.getAttribute("href")).filter(href => !href.startsWith("#")),
  );
  check(!outside.length, of(`links that leave the page: ${outside.slice(0, 5).join(", ")}`));
  if (!folded) return;
  await page.evaluate(to => (location.hash = to), folded);
  await page.waitForTimeout(200);
  const isSeen = await page.evaluate(to => {
    const box = document.getElementById(to).getBoundingClientRect();
    return box.height > 0 && box.bottom > 0 && box.top < innerHeight;
  }, folded);
  check(isSeen, of(`#${folded} is not seen after its link is followed`));
}

async function sorting(page, of) {
  const found = await page.evaluate(() => {
    const number = cell => Number(cell.dataset.v ?? cell.textContent);
    const is = text => text !== "" && !Number.isNaN(Number(text));
    for (const table of document.querySelectorAll("table")) {
      const heads = [...(table.tHead?.rows[0].cells ?? [])];
      const rows = () => [...table.tBodies[0].rows];
      if (rows().length < 2) continue;
      const column = heads.findIndex((head, place) =>
        head.classList.contains("n") && rows().every(row => is(row.cells[place]?.dataset.v ?? row.cells[place]?.textContent.trim() ?? "")),
      );
      if (column < 0) continue;
      const button = heads[column].querySelector("button");
      if (!button) return "a table has no buttons";
      const values = () => rows().map(row => number(row.cells[column]));
      const before = values();
      button.click();
      const down = values();
      if (heads[column].ariaSort !== "descending") return `the first click says ${heads[column].ariaSort}`;
      button.click();
      const up = values();
      const expect = [...before].sort((a, b) => a - b);
      const same = (a, b) => a.every((value, place) => value === b[place]);
      if (!same(up, expect)) return `${heads[column].textContent} is not sorted upwards: ${up.slice(0, 5)}`;
      if (!same(down, [...expect].reverse())) return `${heads[column].textContent} is not sorted downwards`;
      return "sorted";
    }
    return "no table of two lines";
  });
  check(["sorted", "no table of two lines"].includes(found), of(found));
}

for (const failure of failures) console.log(`FAILED ${failure}`);
console.log(`${passed} passed, ${failures.length} failed`);
process.exit(failures.length ? 1 : 0);
