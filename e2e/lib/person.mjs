// People who use the pages. A person has a browser of their own, with JavaScript on or off, a phone or a desk,
// and looks at a page before using it: every look checks accessibility and that nothing sticks out.

import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { accounts } from './server.mjs'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const WAIT_MILLISECONDS_MAX = 15_000

/** The two widths every page is looked at. */
export const PHONE = { width: 360, height: 740 }
export const DESK = { width: 1280, height: 900 }

/** Chromium without its own network life. */
const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
]

/** Texts squeezed into so narrow a column that hardly a letter fits beside another. */
const SQUEEZED = `[...document.querySelectorAll('main b, main small, main span, main p, main td, main dd, main a')]
  .filter((element) => element.checkVisibility() && element.children.length === 0 && element.textContent.trim().length >= 8)
  .filter((element) => { const { width, height } = element.getBoundingClientRect(); return width > 2 && width < 30 && height > 4 * width })
  .map((element) => element.textContent.trim().slice(0, 40))`

let browser

/** Opens the browser once for a file of stories; closes it when they are over. */
export function useBrowser({ before, after }) {
  before(async () => {
    browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS })
  })
  after(() => browser.close())
}

export class Person {
  #context
  /** What the browser complained about: script errors, blocked content. */
  complaints = []

  /** A person arrives with a fresh browser; it goes away with the story `t`. */
  static async arrives(t, { javascript = true, screen = DESK, language = 'id-ID' } = {}) {
    const person = new Person()
    person.#context = await browser.newContext({
      baseURL: process.env.SMARTGOVT_URL,
      javaScriptEnabled: javascript,
      viewport: screen,
      locale: language,
      timezoneId: 'Asia/Jakarta',
      acceptDownloads: true,
      reducedMotion: 'reduce',
    })
    person.#context.setDefaultTimeout(WAIT_MILLISECONDS_MAX)
    person.javascript = javascript
    person.page = await person.#context.newPage()
    person.page.on('pageerror', (error) => person.complaints.push(`script: ${error.message}`))
    person.page.on('console', (message) => {
      const blocked = message.text().includes('Content Security Policy')
      if (blocked) person.complaints.push(message.text())
    })
    t.after(() => person.#context.close())
    return person
  }

  /** Opens an address of the site and expects `status`. */
  async visits(path, { status = 200 } = {}) {
    const answer = await this.page.goto(path)
    assert.equal(answer.status(), status, `${path} answers`)
    return answer
  }

  /** Logs in with the demo's first account of a role, in a unit where it matters. */
  async logsInAs(role, unit) {
    return this.logsIn(accountOf(role, unit))
  }

  /** Logs in with an account of the demo, and accepts the terms if asked. */
  async logsIn(account) {
    await this.visits('/masuk')
    await this.page.locator('[name=username]').fill(account.username)
    await this.page.locator('[name=password]').fill(account.password)
    await this.submits(this.page.locator('form:has([name=password]) button[type=submit], form:has([name=password]) button:not([type])').first())
    if (this.path().startsWith('/ketentuan')) {
      const accept = this.page.locator('main form input[type=checkbox]')
      if (await accept.count()) await accept.first().check()
      await this.submits(this.page.locator('main form button').first())
    }
    assert.ok(!this.path().startsWith('/masuk'), `${account.username} is logged in, at ${this.path()}`)
    return account
  }

  /** Asks for a file the page links to, as this person, and expects a PDF. */
  async getsPdf(path) {
    const answer = await this.page.request.get(path)
    assert.equal(answer.status(), 200, `${path} answers`)
    assert.match(answer.headers()['content-type'] ?? '', /^application\/pdf/, `${path} is a PDF`)
    assert.equal((await answer.body()).subarray(0, 5).toString('latin1'), '%PDF-', `${path} begins as a PDF`)
  }

  /** Presses the button or link and waits for the page it leads to. */
  async submits(target) {
    await Promise.all([this.page.waitForEvent('load'), target.click()])
  }

  /** Presses the button with these words. */
  async presses(words) {
    await this.submits(this.page.getByRole('button', { name: words }).first())
  }

  /** Follows the link with these words. */
  async follows(words) {
    await this.submits(this.page.getByRole('link', { name: words }).first())
  }

  /** Fills the field with this label. */
  async fills(label, value) {
    await this.page.getByLabel(label).first().fill(value)
  }

  /** Expects these words on the page. */
  async sees(words) {
    await this.page.locator('main').getByText(words).first().waitFor()
  }

  /** Expects that these words are not on the page. */
  async doesNotSee(words) {
    assert.equal(await this.page.locator('main').getByText(words).count(), 0, `${words} is not on ${this.path()}`)
  }

  /** The address the person is at, without the host. */
  path() {
    return new URL(this.page.url()).pathname
  }

  /**
   * Looks at the page as everybody may: one heading, a title, a language, no accessibility violation, nothing wider
   * than the screen at either width, no complaint of the browser. With a name that ends in a width,
   * takes a picture for the guide if asked.
   */
  async looks(name) {
    const place = `${this.path()}${this.javascript ? '' : ' without JavaScript'}`
    assert.equal(await this.page.locator('h1').count(), 1, `${place} has one h1`)
    assert.notEqual(await this.page.title(), '', `${place} has a title`)
    for (const screen of [PHONE, DESK]) {
      await this.page.setViewportSize(screen)
      await this.#checksAccess(`${place} at ${screen.width} px`)
      await this.#checksWidth(place, screen)
      if (name) await this.#takesPicture(name, screen)
    }
    assert.deepEqual(this.complaints, [], `the browser complains at ${place}`)
  }

  async #checksAccess(place) {
    const violations = this.javascript ? await violationsOn(this.page) : await this.#violationsWithoutScript()
    assert.deepEqual(violations, [], `accessibility of ${place}`)
  }

  /**
   * The rules need a script to run, which this person's browser refuses: so they look at the page as it stands here,
   * shown once more in a browser that runs only them.
   */
  async #violationsWithoutScript() {
    const html = (await this.page.content()).replaceAll('<noscript', '<div').replaceAll('</noscript', '</div')
    const address = this.page.url()
    const context = await browser.newContext({ viewport: this.page.viewportSize(), locale: 'id-ID', reducedMotion: 'reduce' })
    try {
      const copy = await context.newPage()
      await copy.route('**/*', (route) => {
        if (route.request().url() === address) return route.fulfill({ contentType: 'text/html; charset=utf-8', body: html })
        return route.request().resourceType() === 'script' ? route.abort() : route.continue()
      })
      await copy.goto(address)
      return await violationsOn(copy)
    } finally {
      await context.close()
    }
  }

  async #checksWidth(place, screen) {
    const width = await this.page.evaluate('document.documentElement.scrollWidth')
    assert.ok(width <= screen.width, `${place} is ${width} px wide on a screen of ${screen.width} px`)
    const squeezed = await this.page.evaluate(SQUEEZED)
    assert.deepEqual(squeezed, [], `words of ${place} at ${screen.width} px stand letter under letter`)
  }

  /** What the screen shows, light enough for a book: `name` says what, and how wide: `loket-1280`. */
  async #takesPicture(name, screen) {
    const folder = process.env.SMARTGOVT_PICTURES
    if (!folder || !this.javascript || !name.endsWith(`-${screen.width}`)) return
    mkdirSync(folder, { recursive: true })
    await this.page.screenshot({ path: join(folder, `${name}.jpg`), type: 'jpeg', quality: 70 })
  }
}

async function violationsOn(page) {
  return page.evaluate(`(async () => {
    ${AXE}
    const found = await axe.run(document, { resultTypes: ['violations'] })
    return found.violations.map((rule) => ({
      rule: rule.id, help: rule.help, where: rule.nodes.slice(0, 3).map((node) => node.target.join(' ')),
    }))
  })()`)
}

/** The demo's account of a role; of a unit when its name is given. */
export function accountOf(role, unit) {
  const all = accounts()
  const found = all.find((account) => account.role === role && (unit === undefined || account.unit === unit))
  const known = [...new Set(all.map((account) => account.role))].join(', ')
  assert.ok(found, `the demo has an account for ${role}${unit ? ` of ${unit}` : ''}; its roles are ${known}`)
  return found
}

/** Runs a story twice: with JavaScript and without. */
export function withAndWithoutJavaScript(test, title, story) {
  for (const javascript of [true, false]) {
    test(`${title}${javascript ? '' : ', without JavaScript'}`, (t) => story(t, javascript))
  }
}

/** A folder for one story's files. */
export function folderFor(t) {
  const folder = mkdtempSync(join(tmpdir(), 'smartgovt-story-'))
  t.after(() => { if (existsSync(folder)) rmSync(folder, { recursive: true }) })
  return folder
}
