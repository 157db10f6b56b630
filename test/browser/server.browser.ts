/** What others do meanwhile: the disk, another tab, and a server that is killed. */
import { describe, expect, it } from "vitest"

import { picture, smallProject } from "./support/Project.ts"
import { NotServed, portOf, startServer } from "./support/Server.ts"
import { atTheEnd, open, seen, serve, unseen, until } from "./support/Studio.ts"

const served = async () => {
  const project = smallProject()
  atTheEnd(project.remove)
  const server = await serve(project)
  return { project, server, studio: await open(server.url) }
}

const sky = "assets/tiles/sky/asset.json"

describe("what others do meanwhile", () => {
  it("shows what a refresh finds after an operation of the packer", async () => {
    const { project, studio } = await served()
    const { activity, button, details, dialog, list, row } = studio
    await row(/sky/).click()
    await button("Register").click()
    await dialog.getByRole("button", { name: "Register", exact: true }).click()
    await seen(details.getByText("Registered", { exact: true }))
    project.write("assets/tiles/sky/night.png", "")
    project.write(
      "assets/tiles/moon/asset.json",
      project.read(sky).replace("\"sky\"", "\"moon\"").replace(/ *"asset_uuid".*\n/, "")
    )
    expect(await row(/moon/).count()).toBe(0)
    await button("Refresh all").click()
    await seen(row(/moon tiles\/moon/))
    await seen(list.getByText("7 assets"))
    await seen(details.getByRole("list", { name: "Available files" }).getByText("night.png"))
    // A picture that was painted anew is shown anew.
    const painted = row(/sky/).locator("img")
    await until(async () => expect(await painted.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(16))
    project.write("assets/tiles/sky/day.png", picture(200, 120, 60, 32))
    await button("Refresh").click()
    await until(async () => expect(await painted.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(32))
    await seen(activity.getByRole("list", { name: "Done" }).getByText("Refresh all").first())
    await studio.picture("refreshed")
  })

  it("meets an edit on disk, overwrites nothing, and adopts it", async () => {
    const { project, studio } = await served()
    const { button, details, dialog, page, row } = studio
    await row(/world/).click()
    await button("Edit contract").click()
    await dialog.getByLabel("Name").fill("overworld")
    await seen(dialog.getByText("Rewrite"))
    const manifest = "assets/tiles/world/asset.json"
    const theirs = project.read(manifest).replace("\"world\"", "\"continent\"")
    project.write(manifest, theirs)
    await dialog.getByRole("button", { name: "Save" }).click()
    await seen(dialog.getByRole("alert").getByText("Changed on disk by somebody else"))
    expect(project.read(manifest)).toBe(theirs)
    await studio.picture("divergence-met")
    await page.keyboard.press("Escape")
    await seen(details.getByRole("alert").getByText("Changed on disk by somebody else"))
    await seen(row(/Changed on disk/))
    expect(await button("Relocate").getAttribute("aria-disabled")).toBe("true")
    await studio.picture("divergence")
    await details.getByRole("button", { name: "Adopt what is on disk" }).click()
    await seen(details.getByRole("heading", { name: "continent" }))
    await unseen(details.getByRole("alert"))
    expect(await button("Relocate").getAttribute("aria-disabled")).toBeNull()
    expect(project.read(manifest)).toBe(theirs)
  })

  it("loses nothing when the server is killed and started again, and keeps the draft", async () => {
    const { project, server, studio } = await served()
    const { activity, button, details, dialog, page, row } = studio
    await row(/sky/).click()
    await button("Register").click()
    await dialog.getByRole("button", { name: "Register", exact: true }).click()
    await seen(details.getByText("Id 4", { exact: true }))
    await row(/world/).click()
    await button("Edit composition").click()
    const bank = page.getByRole("listbox", { name: "In the bank" })
    await bank.focus()
    await page.keyboard.press("Delete")
    await seen(details.getByRole("group", { name: "Preview" }).getByText("Rewrite"))
    await server.kill()
    await seen(page.getByRole("alert").getByText("The server does not answer"))
    await seen(page.getByText("Not connected"))
    // What is known can still be read, and the draft still be worked on.
    await page.keyboard.press("Delete")
    await until(async () => expect(await bank.getByRole("option").count()).toBe(1))
    await studio.picture("server-gone")
    await serve(project, portOf(server))
    await unseen(page.getByRole("alert").getByText("The server does not answer"))
    await seen(page.getByText("Connected", { exact: true }))
    expect(await bank.getByRole("option").allInnerTexts()).toEqual([expect.stringContaining("stone.png")])
    await seen(row(/sky tiles\/sky In the build Registered/).or(row(/sky tiles\/sky Not in the build Registered/)))
    await until(async () => expect(await activity.getByText("Open the project").count()).toBe(2))
    await studio.picture("server-back")
    await button("Apply").click()
    await seen(button("Edit composition"))
    expect(JSON.parse(project.read("assets/tiles/world/asset.json"))).toMatchObject({
      artifacts: [{ file: "stone.png" }]
    })
  })

  it("does what was asked while the server was gone, once it is back", async () => {
    const { project, server, studio } = await served()
    const { button, details, dialog, row } = studio
    await row(/sky/).click()
    await button("Register").click()
    await seen(dialog.getByText("expected id 4"))
    await server.kill()
    await seen(studio.page.getByRole("alert").getByText("The server does not answer"))
    await dialog.getByRole("button", { name: "Register", exact: true }).click()
    await seen(dialog.getByText("Waiting for the server…"))
    await serve(project, portOf(server))
    await unseen(dialog)
    await seen(details.getByText("Id 4", { exact: true }))
    // The registry file follows by itself; what is done is durable before.
    await until(() => expect(project.read("assets/.prometeu/index.json")).toContain("tiles/sky"))
  })

  it("brings a contradiction in the registry before a person", async () => {
    const { project, studio } = await served()
    const { button, details, dialog, row } = studio
    const path = "assets/.prometeu/index.json"
    const registry = project.read(path)
    await row(/sky/).click()
    await button("Register").click()
    await dialog.getByRole("button", { name: "Register", exact: true }).click()
    await seen(details.getByText("Id 4", { exact: true }))
    // A merge gives the same id to something else, before the file has got what was changed here.
    const theirs =
      "{\"asset_id\":4,\"asset_uuid\":\"0198c0de-7000-7000-8000-00000000ffff\",\"root\":\"tiles/snow\",\"included_in_build\":true}"
    project.write(path, registry.replace("\n  ]", `,\n    ${theirs}\n  ]`))
    await button("Refresh all").click()
    await seen(dialog.getByText("Same id"))
    await studio.picture("registry-conflict")
    await dialog.getByRole("button", { name: "Give up what was changed here" }).click()
    await unseen(dialog)
    await seen(details.getByText("Not registered", { exact: true }))
    await seen(row(/snow tiles\/snow.*Registered/))
  })

  it("shows the same in two tabs", async () => {
    const { server, studio } = await served()
    const other = await open(server.url, { colorScheme: "dark" })
    await other.row(/snow/).click()
    await studio.row(/snow/).click()
    await studio.button("Register").click()
    await studio.dialog.getByRole("button", { name: "Register", exact: true }).click()
    await seen(other.details.getByText("Registered", { exact: true }))
    await until(async () => {
      const [here, there] = await Promise.all(
        [studio, other].map(({ activity }) => activity.getByRole("list", { name: "Done" }).allInnerTexts())
      )
      expect(here?.join()).toContain("snow")
      expect(there).toEqual(here)
    })
    await other.picture("two-tabs")
  })

  it("says why nothing can be changed in a project that is read-only", async () => {
    const project = smallProject()
    atTheEnd(project.remove)
    const registry = project.read("assets/.prometeu/index.json")
    project.write("assets/.prometeu/index.json", `<<<<<<< ours\n${registry}=======\n${registry}>>>>>>> theirs\n`)
    const studio = await open((await serve(project)).url)
    const { button, details, page, row } = studio
    await seen(page.getByRole("alert").getByText(/merge.conflict|conflict markers/i))
    await seen(row(/world tiles\/world.*Unknown/))
    expect(await button("New asset").getAttribute("aria-disabled")).toBe("true")
    await row(/world/).click()
    const actions = details.getByRole("group", { name: "Actions" }).getByRole("button")
    for (const action of await actions.all()) expect(await action.getAttribute("aria-disabled")).toBe("true")
    await button("Delete").hover()
    await seen(page.getByRole("tooltip").getByText(/read-only/))
    await studio.picture("read-only")
    project.write("assets/.prometeu/index.json", registry)
    await button("Refresh all").click()
    await unseen(page.getByRole("alert").getByText("Nothing can be changed"))
    await seen(row(/world tiles\/world In the build Registered/))
  })

  it("is not served while somebody else has it open, who is named", async () => {
    const { project, server } = await served()
    const second = startServer(project.root)
    await expect(second).rejects.toThrow(NotServed)
    await expect(second).rejects.toThrow(String(server.pid))
  })
})
