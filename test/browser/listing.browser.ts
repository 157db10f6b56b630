/** Finding one's way: the list, its filter, the details, and what is shown where there is nothing. */
import { describe, expect, it } from "vitest"

import { makeProject, picture, smallProject } from "./support/Project.ts"
import type { Project } from "./support/Project.ts"
import { atTheEnd, open, seen, serve, unseen, until } from "./support/Studio.ts"

const shown = async (project: Project, look = {}) => {
  atTheEnd(project.remove)
  return open((await serve(project)).url, look)
}

describe("the list of assets", () => {
  it("shows every asset with its states, and the details of the one that is opened", async () => {
    const studio = await shown(smallProject())
    const { details, page, row } = studio
    await seen(row("world tiles/world In the build Registered"))
    await seen(row("caves tiles/caves Not in the build Registered"))
    await seen(row("sky tiles/sky Not registered"))
    await seen(row(/ui\/broken 1 error/))
    await seen(page.getByRole("article", { name: "Overview" }))
    await until(async () => {
      const pictures = row(/world/).locator("img")
      expect(await pictures.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(16)
    })
    await studio.picture("overview")
    await row(/world/).click()
    await seen(details.getByRole("heading", { name: "world" }))
    await seen(details.getByText("assets/tiles/world"))
    expect(await details.getByRole("list", { name: "Files in the bank" }).getByRole("listitem").count()).toBe(3)
    expect(await details.getByRole("list", { name: "Available files" }).getByRole("listitem").count()).toBe(2)
    await studio.picture("details")
    await details.getByRole("button", { name: /grass\.png/ }).click()
    await seen(studio.dialog.getByText("16 × 16 pixels"))
    await studio.picture("file-preview")
    await page.keyboard.press("Escape")
    await unseen(studio.dialog)
    // The focus is where it was.
    await seen(details.getByRole("button", { name: /grass\.png/ }).and(page.locator(":focus")))
  })

  it("finds by text, state, family and problems", async () => {
    const studio = await shown(smallProject())
    const { button, list, page, row } = studio
    await page.keyboard.press("/")
    await page.keyboard.type("TILES/S")
    await unseen(row(/world/))
    await seen(row(/sky/))
    await seen(row(/snow/))
    await seen(list.getByText("2 assets found"))
    await studio.picture("filtered")
    await list.getByLabel("State").selectOption("Registered")
    await seen(list.getByRole("heading", { name: "Nothing found" }))
    await studio.picture("nothing-found")
    await button("Show all assets").click()
    await seen(list.getByText("6 assets"))
    await list.getByLabel("Problems").selectOption("With errors")
    await seen(list.getByText("2 assets found"))
    await seen(row(/lost/))
    await list.getByLabel("Problems").selectOption("Health")
    await list.getByLabel("Family").selectOption("Sound bank")
    await seen(list.getByText("0 assets found"))
  })

  it("is walked by keyboard alone", async () => {
    const studio = await shown(smallProject())
    const { button, details, dialog, list, page, row } = studio
    const focused = page.locator(":focus")
    await page.keyboard.press("/")
    await page.keyboard.type("tiles")
    await page.keyboard.press("ArrowDown")
    await seen(list.getByRole("listbox").and(focused))
    await page.keyboard.press("End")
    await seen(details.getByRole("heading", { name: "world" }))
    await page.keyboard.press("Home")
    await page.keyboard.press("ArrowDown")
    await seen(details.getByRole("heading", { name: "sky" }))
    await studio.picture("keyboard-list")
    await page.keyboard.press("Enter")
    await seen(details.getByRole("heading", { name: "sky" }).and(focused))
    await page.keyboard.press("Escape")
    await seen(list.getByRole("listbox").and(focused))
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    await seen(button("Register").and(focused))
    await studio.picture("keyboard-action")
    await page.keyboard.press("Enter")
    await seen(dialog.getByText("expected id 4"))
    await page.keyboard.press("Escape")
    await unseen(dialog)
    await seen(button("Register").and(focused))
    await page.keyboard.press("Enter")
    await seen(dialog.getByText("expected id 4"))
    await dialog.getByRole("button", { name: "Close" }).press("Tab")
    await page.keyboard.press("Tab")
    await seen(dialog.getByRole("button", { name: "Register", exact: true }).and(focused))
    await page.keyboard.press("Enter")
    await seen(details.getByText("Registered", { exact: true }))
    // Several are marked with Space, and Escape leaves one.
    await list.getByRole("listbox").focus()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("Shift+ArrowDown")
    await seen(details.getByRole("heading", { name: "2 assets selected" }))
    await page.keyboard.press("Escape")
    await unseen(details.getByRole("heading", { name: "2 assets selected" }))
    await seen(row(/snow/).and(page.locator("[aria-selected=true]")))
  })

  it("shows names as the text they are", async () => {
    const markup = "<img src=x onerror=alert(1)>"
    const turned = "gnp.\u202eexe"
    const long = `${"long".repeat(62)}.png`
    const project = makeProject({
      "ui/odd": {
        id: 1,
        manifest: { name: `${markup} ${turned}`, artifacts: [{ file: long, index: 0 }] },
        files: {
          [long]: picture(200, 60, 60),
          "&lt;b&gt;.png": picture(60, 60, 200),
          "אבג-123.png": picture(60, 200, 60)
        }
      },
      [`deep/${"folder".repeat(40)}`]: { manifest: { name: "name ".repeat(80) } }
    })
    const studio = await shown(project)
    const { details, page, row } = studio
    await row(/img src/).click()
    await seen(details.getByRole("heading", { name: markup }))
    // Nothing was made of it, and a mark that turns the text around is drawn itself.
    expect(await details.getByRole("heading", { name: markup }).locator("img").count()).toBe(0)
    expect(await details.getByRole("heading", { name: markup }).innerText()).toContain("gnp.\u{fffd}exe")
    expect(await details.getByText("&lt;b&gt;.png").count()).toBe(1)
    const card = details.getByRole("button", { name: long.slice(0, 40) })
    expect(await card.locator("bdi").getAttribute("title")).toBe(long)
    const [wide, pane] = [await card.boundingBox(), await details.boundingBox()]
    expect(wide?.width).toBeLessThan(pane?.width ?? 0)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(1440)
    expect(await details.evaluate((pane) => pane.scrollWidth - pane.clientWidth)).toBe(0)
    await studio.picture("hostile-names")
    await studio.button("Edit composition").click()
    await seen(page.getByRole("listbox", { name: "Available" }).getByText("אבג-123.png"))
    await studio.picture("hostile-names-editing")
  })

  it("is readable in dark and in light, and remembers what was chosen", async () => {
    const studio = await shown(smallProject(), { colorScheme: "dark" })
    const { page, row } = studio
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
    await row(/world/).click()
    const dark = await ground()
    await studio.picture("dark")
    await page.getByRole("button", { name: "Theme: system" }).click()
    await seen(page.getByRole("button", { name: "Theme: light" }))
    expect(await ground()).not.toBe(dark)
    await studio.picture("light")
    await page.reload()
    await seen(page.getByRole("button", { name: "Theme: light" }))
    await page.getByRole("button", { name: "Theme: light" }).click()
    expect(await ground()).toBe(dark)
    await page.setViewportSize({ width: 900, height: 800 })
    await row(/world/).click()
    await studio.picture("narrow-dark")
  })

  it("says what to do where there is nothing yet", async () => {
    const studio = await shown(makeProject())
    await seen(studio.list.getByRole("heading", { name: "No assets yet" }))
    await studio.picture("empty-project")
    await studio.list.getByRole("button", { name: "New asset" }).click()
    await seen(studio.dialog.getByRole("heading", { name: "New asset" }))
  })
})
