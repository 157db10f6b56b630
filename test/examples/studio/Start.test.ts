/** Starting the Studio: what it says when that does not work, and how it ends. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import * as fs from "node:fs"
import * as http from "node:http"
import { readOptions } from "../../../examples/studio/server/Options.ts"
import { projectIn } from "../../../examples/studio/server/ProjectFolders.ts"
import { type Ending, endOfStudio, serverFor, startStudio } from "../../support/Afar.ts"
import { onDisk } from "../../support/Grounds.ts"

const project = onDisk({ "assets/ui/atlas/asset.json": "{}" })

/** It ended by saying this, in a few lines for a person and nothing else. */
const assertSaid = ({ code, error, out }: Ending, ...parts: ReadonlyArray<string>) => {
  for (const part of parts) assert.include(error, part)
  assert.notMatch(error, /\n\s+at |node:internal|Error:/)
  assert.deepStrictEqual([code, out], [1, ""])
}

const messageOf = (folder: string) => Effect.map(Effect.flip(projectIn(folder)), ({ message }) => message)

describe("a Studio that is started", () => {
  it.live("with a folder that is not there, a file, or no project says what is there and what to do", () =>
    Effect.gen(function*() {
      const { put, root } = yield* onDisk({ "readme.txt": "", "src/a.ts": "" })
      put("file", "")
      const none = yield* messageOf(root)
      assert.include(
        none,
        `"${root}" is no project: there is no folder "assets" in it. It holds file, readme.txt, src/.`
      )
      assert.include(none, `mkdir "${root}/assets"`)
      assert.strictEqual(
        yield* messageOf(`${root}/nowhere`),
        `There is no folder "${root}/nowhere". Name one that is there, or none for the demo.`
      )
      assert.include(yield* messageOf(`${root}/file`), `"${root}/file" is a file`)
      assert.deepStrictEqual(
        fs.readdirSync(root).toSorted(),
        ["file", "readme.txt", "src"],
        "and nothing was made there"
      )
    }))

  it("in a way that it does not know says how it is meant", () => {
    const ways: ReadonlyArray<readonly [why: string, ...args: ReadonlyArray<string>]> = [
      ["Unknown option '--prot'", "--prot", "1"],
      ["\"x\" is no port", "--port", "x"],
      ["\"70000\" is no port", "--port", "70000"],
      ["\"0\" is no number of assets", "--assets", "0"],
      ["One folder can be opened, and \"b\" came too", "a", "b"],
      ["--assets is for the demo", "a", "--assets", "9"]
    ]
    for (const [why, ...args] of ways) {
      const { message } = Result.getOrThrow(Result.flip(readOptions(args, "/here")))
      assert.include(message, why)
      assert.include(message, "Usage: npm run studio")
    }
    assert.deepStrictEqual(Result.getOrThrow(readOptions(["there", "--port", "80"], "/here")), {
      folder: "/here/there",
      port: 80,
      assets: undefined,
      takeOver: undefined
    })
  })

  it.live("where somebody else has the project open names who, where somebody has the port says so, and ends cleanly", () =>
    Effect.gen(function*() {
      const [one, two, three] = yield* Effect.all([project, project, project])
      const { kill, port, url } = yield* startStudio(one.root)
      const [locked, taken, free, wrong] = yield* Effect.all([
        endOfStudio(one.root),
        endOfStudio(two.root, "--port", String(port)),
        startStudio(three.root),
        endOfStudio("--prot")
      ], { concurrency: 4 })
      assertSaid(locked, `The project at "${one.root}" has been open in process `, "Close it there first")
      assertSaid(taken, `Port ${port} cannot be used: somebody else listens there`)
      assertSaid(wrong, "Unknown option", "Usage")
      assert.notStrictEqual(free.url, url)

      assert.deepStrictEqual(yield* Effect.all([kill("SIGINT"), free.kill("SIGTERM")], { concurrency: 2 }), [0, 0])
      // The lock was given back, so that nobody has to find out whether its holder is alive.
      const locks = fs.readdirSync(`${one.root}/assets/.prometeu/runtime/lock`)
      const newest = locks.toSorted().at(-1) ?? ""
      assert.include(one.text(`assets/.prometeu/runtime/lock/${newest}`), "\"released\":true")
    }))

  it.live("listens on the loopback interface only", () =>
    Effect.gen(function*() {
      const { open, root } = yield* project
      const { port } = new URL(yield* serverFor(root, open()))
      const status = (host: string) =>
        Effect.callback<number>((resume) => {
          const request = http.get({ host, port, headers: { host: `127.0.0.1:${port}` } }, (response) => {
            response.resume()
            resume(Effect.succeed(response.statusCode ?? 0))
          })
          request.on("error", () => resume(Effect.succeed(0)))
        })
      assert.strictEqual(yield* status("127.0.0.1"), 200)
      assert.strictEqual(yield* status("127.0.0.2"), 0)
    }))
})
