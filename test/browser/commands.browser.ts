/** What can be done to assets, each as it is shown before it is done. */
import { existsSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"

import { smallProject } from "./support/Project.ts"
import { atTheEnd, open, seen, serve, type Studio, unseen, until } from "./support/Studio.ts"

const inSmallProject = async () => {
  const project = smallProject()
  atTheEnd(project.remove)
  const server = await serve(project)
  const studio = await open(server.url)
  return { project, studio }
}

const preview = ({ dialog }: Studio) => dialog.getByRole("region", { name: "Preview" })

describe("commands", () => {
  it("registers an asset as it was previewed", async () => {
    const { project, studio } = await inSmallProject()
    const { activity, button, details, dialog, row, said } = studio
    await row(/sky/).click()
    await button("Register").click()
    await seen(preview(studio).getByText("expected id 4"))
    expect(project.read("assets/.prometeu/index.json")).not.toContain("tiles/sky")
    await studio.picture("register-preview")
    await dialog.getByRole("button", { name: "Register", exact: true }).click()
    await unseen(dialog)
    await seen(details.getByText("Registered", { exact: true }))
    await seen(details.getByText("Id 4", { exact: true }))
    await seen(said.getByText("Registered sky"))
    await seen(activity.getByRole("list", { name: "Done" }).getByText("Register").first())
    await studio.picture("registered")
  })

  it("makes an asset, and opens it", async () => {
    const { project, studio } = await inSmallProject()
    const { button, details, dialog, row } = studio
    await button("New asset").click()
    const create = dialog.getByRole("button", { name: "Create" })
    expect(await create.getAttribute("aria-disabled")).toBe("true")
    await dialog.getByLabel("Folder").fill("tiles/world/inside")
    await seen(preview(studio).getByText("root/nested"))
    await studio.picture("create-blocked")
    expect(await create.getAttribute("aria-disabled")).toBe("true")
    await dialog.getByLabel("Folder").fill("ui/menu")
    await seen(preview(studio).getByText("Make the folder"))
    await dialog.getByLabel("Family").selectOption("Glyph bank")
    await studio.picture("create-preview")
    await dialog.getByLabel("Family").press("Enter")
    await create.click()
    await unseen(dialog)
    await seen(details.getByRole("heading", { name: "ui_menu" }))
    await seen(row(/ui_menu/).and(studio.page.locator("[aria-selected=true]")))
    expect(JSON.parse(project.read("assets/ui/menu/asset.json"))).toMatchObject({
      name: "ui_menu",
      family: "glyph_bank"
    })
  })

  it("registers a copy under an identity of its own, and only then", async () => {
    const { project, studio } = await inSmallProject()
    const { button, details, dialog, row } = studio
    project.write("assets/tiles/copy/asset.json", project.read("assets/tiles/world/asset.json"))
    await button("Refresh all").click()
    await row(/tiles\/copy/).click()
    await seen(details.getByText("identity/copied"))
    await button("Register").click()
    await seen(preview(studio).getByText("identity/copied"))
    await dialog.getByLabel("It is a copy: give it a new identity").check()
    await seen(preview(studio).getByText("expected id 4"))
    await studio.picture("register-copy")
    await dialog.getByRole("button", { name: "Register", exact: true }).click()
    await seen(details.getByText("Id 4", { exact: true }))
    expect(project.read("assets/tiles/copy/asset.json")).not.toBe(project.read("assets/tiles/world/asset.json"))
  })

  it("edits a contract", async () => {
    const { project, studio } = await inSmallProject()
    const { button, details, dialog, row } = studio
    await row(/world/).click()
    await button("Edit contract").click()
    await dialog.getByLabel("tile_size").fill("7")
    await seen(preview(studio).getByText("contract/invalid-metadata"))
    await dialog.getByLabel("tile_size").fill("32")
    await dialog.getByLabel(/preload/).check()
    await seen(preview(studio).getByText("Rewrite"))
    await studio.picture("contract-preview")
    await dialog.getByRole("button", { name: "Save" }).click()
    await unseen(dialog)
    await seen(details.getByRole("region", { name: "Contract" }).getByText("32"))
    expect(JSON.parse(project.read("assets/tiles/world/asset.json"))).toMatchObject({
      preload: true,
      output: { metadata: { tile_size: 32 } }
    })
  })

  it("puts an asset into the build and takes it out", async () => {
    const { studio } = await inSmallProject()
    const { button, details, dialog, row } = studio
    await row(/caves/).click()
    await button("Include").click()
    await seen(preview(studio).getByText("into the build"))
    await dialog.getByRole("button", { name: "Include" }).click()
    await seen(details.getByText("In the build", { exact: true }))
    await button("Exclude").click()
    await dialog.getByRole("button", { name: "Exclude" }).click()
    await seen(details.getByText("Not in the build", { exact: true }))
    await button("Unregister").click()
    await dialog.getByRole("button", { name: "Unregister" }).click()
    await seen(details.getByText("Not registered", { exact: true }))
  })

  it("relocates an asset, which stays open with its ids", async () => {
    const { project, studio } = await inSmallProject()
    const { button, details, dialog, row } = studio
    await row(/world/).click()
    await button("Relocate").click()
    await dialog.getByLabel("New folder").fill("tiles/caves")
    await seen(preview(studio).getByText("root/taken"))
    await dialog.getByLabel("New folder").fill("levels/overworld")
    await seen(preview(studio).getByText("Move"))
    await studio.picture("relocate-preview")
    await dialog.getByRole("button", { name: "Relocate" }).click()
    await seen(details.getByText("assets/levels/overworld"))
    await seen(details.getByText("Id 1", { exact: true }))
    await seen(row(/levels\/overworld/).and(studio.page.locator("[aria-selected=true]")))
    expect(existsSync(join(project.root, "assets/levels/overworld/grass.png"))).toBe(true)
    await studio.picture("relocated")
  })

  it("moves an asset to the trash, and says that it is gone", async () => {
    const { project, studio } = await inSmallProject()
    const { button, details, dialog, row } = studio
    await row(/caves/).click()
    await button("Delete").click()
    await seen(preview(studio).getByText("to the trash"))
    await studio.picture("delete-preview")
    await dialog.getByRole("button", { name: "Delete" }).click()
    await seen(details.getByRole("alert").getByText("tiles/caves"))
    await unseen(row(/caves/))
    await seen(studio.list.getByRole("listbox").and(studio.page.locator(":focus")))
    expect(existsSync(join(project.root, "assets/tiles/caves"))).toBe(false)
    await studio.picture("deleted")
  })

  it("does what was shown, or shows what it would do now", async () => {
    const { project, studio } = await inSmallProject()
    const { button, details, dialog, row } = studio
    await row(/sky/).click()
    await button("Register").click()
    await seen(preview(studio).getByText("expected id 4"))
    // Somebody else edits the manifest between the preview and the confirmation, and has it read again.
    const manifest = project.read("assets/tiles/sky/asset.json")
    project.write("assets/tiles/sky/asset.json", manifest.replace("\"sky\"", "\"heaven\""))
    const other = await open(studio.page.url())
    await other.row(/sky/).click()
    await other.button("Refresh").click()
    await seen(other.details.getByRole("heading", { name: "heaven" }))
    await dialog.getByRole("button", { name: "Register", exact: true }).click()
    await seen(dialog.getByRole("alert").getByText("This is a new preview"))
    await studio.picture("stale-preview")
    await dialog.getByRole("button", { name: "Register", exact: true }).click()
    await unseen(dialog)
    await seen(details.getByText("Registered", { exact: true }))
    await seen(details.getByRole("heading", { name: "heaven" }))
  })

  it("says why something is not possible to whoever comes to it", async () => {
    const { studio } = await inSmallProject()
    const { button, details, page, row } = studio
    await row(/broken/).click()
    await seen(details.getByRole("region", { name: "Problems" }).getByText("manifest/invalid-json"))
    // By keyboard: a button that does nothing now can be reached, and tells why.
    await row(/broken/).press("Enter")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    await seen(page.getByRole("tooltip").getByText("mend asset.json"))
    expect(await button("Register").getAttribute("aria-disabled")).toBe("true")
    await page.keyboard.press("Enter")
    expect(await studio.dialog.count()).toBe(0)
    await studio.picture("broken-asset")
  })

  it("does one thing to several assets as one, and leaves out what cannot", async () => {
    const { project, studio } = await inSmallProject()
    const { activity, button, details, dialog, list, row } = studio
    await row(/caves/).click()
    await row(/snow/).click({ modifiers: ["Shift"] })
    await seen(details.getByRole("heading", { name: "3 assets selected" }))
    await seen(list.getByText("3 selected"))
    await studio.picture("several")
    await button("Register").click()
    const batch = dialog.getByRole("list", { name: "Assets in this batch" })
    await seen(batch.getByRole("listitem").filter({ hasText: "caves" }).getByText("Not possible"))
    await seen(batch.getByRole("listitem").filter({ hasText: "sky" }).getByText("Fine"))
    await studio.picture("batch-blocked")
    await dialog.getByRole("button", { name: "Leave out 1 asset that cannot" }).click()
    await seen(preview(studio).getByText("What will change"))
    await studio.picture("batch-preview")
    await dialog.getByRole("button", { name: "Register 2" }).click()
    await unseen(dialog)
    await seen(list.getByText("6 assets", { exact: true }))
    await seen(activity.getByRole("list", { name: "Done" }).getByText("Batch").first())
    // The registry file follows by itself; what is done is durable before.
    await until(() => expect(project.read("assets/.prometeu/index.json")).toMatch(/tiles\/sky[^]*tiles\/snow/))
    await studio.picture("batch-done")
  })
})
