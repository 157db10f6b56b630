/** Which files a bank holds: edited by keyboard and by drag, applied, refused, tried again, put back, given up. */
import type { Locator } from "playwright-core"
import { describe, expect, it } from "vitest"

import { smallProject } from "./support/Project.ts"
import { atTheEnd, open, seen, serve, type Studio, unseen, until } from "./support/Studio.ts"

const world = "assets/tiles/world/asset.json"

const editing = async () => {
  const project = smallProject()
  atTheEnd(project.remove)
  const server = await serve(project)
  const studio = await open(server.url)
  await studio.row(/world/).click()
  await studio.button("Edit composition").click()
  const bank = studio.page.getByRole("listbox", { name: "In the bank" })
  const available = studio.page.getByRole("listbox", { name: "Available" })
  await seen(bank)
  return { project, server, studio, bank, available }
}

const filesIn = async (list: Locator): Promise<ReadonlyArray<string>> => {
  const rows = await list.getByRole("option").allInnerTexts()
  return rows.map((row) => /\w+\.png/.exec(row)?.[0] ?? row)
}

const shows = (list: Locator, files: ReadonlyArray<string>) =>
  until(async () => expect(await filesIn(list)).toEqual(files))

const artifactsOf = (manifest: string): ReadonlyArray<string> => {
  const { artifacts }: { artifacts: ReadonlyArray<{ readonly file: string }> } = JSON.parse(manifest)
  return artifacts.map(({ file }) => file)
}

const drag = async ({ page }: Studio, from: Locator, to: Locator, into: "upper" | "lower") => {
  const [a, b] = [await from.boundingBox(), await to.boundingBox()]
  if (a === null || b === null) throw new Error("What is dragged is not to be seen.")
  await page.mouse.move(a.x + a.width / 2, a.y + a.height / 2)
  await page.mouse.down()
  await page.mouse.move(a.x + a.width / 2 + 12, a.y + a.height / 2 + 12, { steps: 3 })
  await page.mouse.move(b.x + b.width / 2, b.y + b.height * (into === "upper" ? 0.25 : 0.75), { steps: 6 })
}

describe("a bank's composition", () => {
  it("is edited by keyboard, and applied as it was previewed", async () => {
    const { available, bank, project, studio } = await editing()
    const { button, details, page } = studio
    await seen(bank.and(page.locator(":focus")))
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Alt+ArrowUp")
    await shows(bank, ["water.png", "grass.png", "stone.png"])
    await seen(studio.said.getByText("water.png, position 1 of 3"))
    await page.keyboard.press("End")
    await page.keyboard.press("Delete")
    await shows(bank, ["water.png", "grass.png"])
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("Home")
    await page.keyboard.press("Enter")
    await shows(bank, ["water.png", "grass.png", "lava.png"])
    await shows(available, ["sand.png", "stone.png"])
    await seen(details.getByRole("group", { name: "Preview" }).getByText("Rewrite"))
    await seen(details.getByRole("meter", { name: "Files" }))
    await studio.picture("composition-by-keyboard")
    expect(artifactsOf(project.read(world))).toEqual(["grass.png", "water.png", "stone.png"])
    await button("Apply").click()
    await seen(button("Edit composition").and(page.locator(":focus")))
    await seen(studio.said.getByText("Composition applied"))
    expect(artifactsOf(project.read(world))).toEqual(["water.png", "grass.png", "lava.png"])
    await studio.picture("composition-applied")
  })

  it("is edited by drag: within the bank, into it, and out of it", async () => {
    const { available, bank, project, studio } = await editing()
    const { button, page } = studio
    await drag(
      studio,
      bank.getByRole("option", { name: /stone/ }),
      bank.getByRole("option", { name: /grass/ }),
      "upper"
    )
    await studio.picture("composition-drag")
    await page.mouse.up()
    await shows(bank, ["stone.png", "grass.png", "water.png"])
    await drag(
      studio,
      available.getByRole("option", { name: /sand/ }),
      bank.getByRole("option", { name: /grass/ }),
      "lower"
    )
    await page.mouse.up()
    await shows(bank, ["stone.png", "grass.png", "sand.png", "water.png"])
    await drag(
      studio,
      bank.getByRole("option", { name: /stone/ }),
      available.getByRole("option", { name: /lava/ }),
      "upper"
    )
    await page.mouse.up()
    await shows(bank, ["grass.png", "sand.png", "water.png"])
    // Escape gives a drag up.
    await drag(
      studio,
      bank.getByRole("option", { name: /water/ }),
      bank.getByRole("option", { name: /grass/ }),
      "upper"
    )
    await page.keyboard.press("Escape")
    await page.mouse.up()
    await shows(bank, ["grass.png", "sand.png", "water.png"])
    await button("Apply").click()
    await seen(button("Edit composition"))
    expect(artifactsOf(project.read(world))).toEqual(["grass.png", "sand.png", "water.png"])
  })

  it("keeps the draft when it fails, and is tried again", async () => {
    const { bank, project, studio } = await editing()
    const { activity, button, details, page } = studio
    await page.getByRole("listbox", { name: "Available" }).getByRole("option", { name: /sand/ }).dblclick()
    await shows(bank, ["grass.png", "water.png", "stone.png", "sand.png"])
    await seen(details.getByRole("group", { name: "Preview" }).getByText("Rewrite"))
    // Somebody takes the file away between the preview and the confirmation.
    project.move("assets/tiles/world/sand.png", "sand.png")
    await button("Apply").click()
    await seen(details.getByRole("alert").getByText("It was not applied; your draft is as it was"))
    await shows(bank, ["grass.png", "water.png", "stone.png", "sand.png"])
    expect(artifactsOf(project.read(world))).toEqual(["grass.png", "water.png", "stone.png"])
    await seen(details.getByText("composition/file-missing"))
    await seen(activity.getByText("Failed", { exact: true }))
    await studio.picture("composition-failed")
    project.move("sand.png", "assets/tiles/world/sand.png")
    await button("Refresh").click()
    await unseen(details.getByText("composition/file-missing"))
    await button("Try again").click()
    await seen(button("Edit composition"))
    expect(artifactsOf(project.read(world))).toEqual(["grass.png", "water.png", "stone.png", "sand.png"])
  })

  it("goes back to what is there with reset, and to reading with cancel", async () => {
    const { bank, project, studio } = await editing()
    const { button, page } = studio
    await bank.getByRole("option", { name: /grass/ }).click()
    await button("Take out").click()
    await shows(bank, ["water.png", "stone.png"])
    await button("Reset").click()
    await shows(bank, ["grass.png", "water.png", "stone.png"])
    await bank.getByRole("option", { name: /grass/ }).click()
    await button("Down").click()
    await shows(bank, ["water.png", "grass.png", "stone.png"])
    await button("Cancel").click()
    await seen(button("Edit composition"))
    await seen(
      page.getByRole("list", { name: "Files in the bank" }).getByRole("listitem").first().getByText("grass.png")
    )
    expect(artifactsOf(project.read(world))).toEqual(["grass.png", "water.png", "stone.png"])
  })

  it("keeps a draft while another asset is looked at", async () => {
    const { bank, studio } = await editing()
    const { button, row } = studio
    await bank.getByRole("option", { name: /grass/ }).click()
    await button("Take out").click()
    await shows(bank, ["water.png", "stone.png"])
    await row(/caves/).click()
    await unseen(bank)
    await seen(row(/world.*Has a draft/))
    await studio.picture("composition-draft-kept")
    await row(/world/).click()
    await shows(bank, ["water.png", "stone.png"])
  })
})
