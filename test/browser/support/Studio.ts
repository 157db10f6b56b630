/** The Studio in a real browser, as a person finds their way in it: by roles and names. */
import { existsSync } from "node:fs"
import { join } from "node:path"
import { type Browser, chromium, type Locator, type Page } from "playwright-core"
import { afterAll, afterEach, expect } from "vitest"

import type { Project } from "./Project.ts"
import { screenshots } from "./Screenshots.ts"
import { type Server, startServer } from "./Server.ts"

const executablePath = process.env["CHROMIUM"] ?? "/usr/bin/chromium"

/** It stays quiet: a test talks to loopback only. */
const quiet = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-quic",
  "--no-first-run"
]

let browser: Promise<Browser> | undefined

const theBrowser = (): Promise<Browser> => {
  if (!existsSync(executablePath)) {
    throw new Error(
      `There is no Chromium at ${executablePath}: apt-get install chromium, or name it in the variable CHROMIUM.`
    )
  }
  browser ??= chromium.launch({ executablePath, args: quiet })
  return browser
}

/** How a page looks. */
interface Look {
  readonly width?: number
  readonly height?: number
  readonly colorScheme?: "dark" | "light"
}

/** A page of the Studio. */
export interface Studio {
  readonly page: Page
  readonly list: Locator
  readonly details: Locator
  readonly activity: Locator
  readonly dialog: Locator
  /** What was said last, to whoever looks or listens. */
  readonly said: Locator
  /** The row of an asset. */
  readonly row: (name: string | RegExp) => Locator
  readonly button: (name: string | RegExp) => Locator
  readonly picture: (name: string) => Promise<void>
}

const running: Array<() => Promise<void> | void> = []

afterEach(async () => {
  for (const end of running.splice(0).reverse()) await end()
})

afterAll(async () => {
  await (await browser)?.close()
  browser = undefined
})

/** Has something ended when the test does. */
export const atTheEnd = (end: () => Promise<void> | void): void => {
  running.push(end)
}

/** Serves a project until the test ends. */
export const serve = async (project: Project, port?: string): Promise<Server> => {
  const server = await startServer(project.root, port)
  atTheEnd(() => server.kill())
  return server
}

/** What the page told the console that is an error; to lose the server is not one of the page. */
const isOwnError = (text: string): boolean => !/WebSocket connection|ERR_CONNECTION|Failed to load resource/.test(text)

/** Opens the page; when the test ends, nothing may have gone wrong in it. */
export const open = async (
  url: string,
  { colorScheme = "light", height = 900, width = 1440 }: Look = {}
): Promise<Studio> => {
  const page = await (await theBrowser()).newPage({ viewport: { width, height }, colorScheme })
  page.setDefaultTimeout(15_000)
  const wrong: Array<string> = []
  page.on("pageerror", ({ message }) => wrong.push(message))
  page.on("console", (message) => {
    if (message.type() === "error" && isOwnError(message.text())) wrong.push(message.text())
  })
  atTheEnd(async () => {
    await page.close()
    expect(wrong).toEqual([])
  })
  await page.goto(url)
  const list = page.getByRole("navigation", { name: "Assets" })
  await list.waitFor()
  return {
    page,
    list,
    details: page.getByRole("main"),
    activity: page.getByRole("complementary", { name: "Activity" }),
    dialog: page.getByRole("dialog"),
    said: page.getByRole("status"),
    row: (name) => list.getByRole("listbox").getByRole("option", { name }),
    button: (name) => page.getByRole("button", { name, exact: true }),
    picture: async (name) => {
      await page.screenshot({ path: join(screenshots, `${name}.png`), animations: "disabled" })
    }
  }
}

/** Waits until a thing is to be seen. */
export const seen = (thing: Locator): Promise<void> => thing.waitFor({ state: "visible" })

/** Waits until a thing is not to be seen. */
export const unseen = (thing: Locator): Promise<void> => thing.waitFor({ state: "hidden" })

/** Waits until a page shows what is wanted: `look` is asked again until it does. */
export const until = (look: () => unknown): Promise<void> =>
  expect.poll(async () => {
    try {
      await look()
      return "as wanted"
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  }, { timeout: 15_000, interval: 50 }).toBe("as wanted")
