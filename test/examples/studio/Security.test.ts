/** Who is answered, and what is served: the page of this very server, and files of assets that the packer has listed. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as fs from "node:fs"
import * as http from "node:http"
import { rangeOf } from "../../../examples/studio/server/AssetFiles.ts"
import { fileUrl } from "../../../examples/studio/shared/Paths.ts"
import { serverFor } from "../../support/Afar.ts"
import { onDisk } from "../../support/Grounds.ts"

interface Answer {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly body: string
}

/** Asks with exactly this path: nothing is decoded, joined or left out on the way. */
const ask = (url: string, path: string, headers: http.OutgoingHttpHeaders = {}, method = "GET") =>
  Effect.callback<Answer, Error>((resume) => {
    const { hostname, port } = new URL(url)
    const request = http.request({ hostname, port, path, method, headers, agent: false }, (response) => {
      const parts: Array<Buffer> = []
      response.on("data", (part: Buffer) => parts.push(part))
      response.on("end", () => {
        const { headers, statusCode = 0 } = response
        resume(Effect.succeed({ status: statusCode, headers, body: Buffer.concat(parts).toString("latin1") }))
      })
    })
    request.on("upgrade", ({ headers, statusCode = 0 }, socket) => {
      socket.destroy()
      resume(Effect.succeed({ status: statusCode, headers, body: "" }))
    })
    request.on("error", (error) => resume(Effect.fail(error)))
    request.end()
  })

const upgrade = {
  connection: "Upgrade",
  upgrade: "websocket",
  "sec-websocket-version": "13",
  "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ=="
}

const long = `${"n".repeat(251)}.png`
const odd = "a b#c%2e%2e&'+\u202egnp.png"
const html = "<script>alert(1)</script>"

/** A project whose folder and whose neighbours hold what nobody is to get. */
const served = Effect.gen(function*() {
  const { open, root } = yield* onDisk({
    "assets/ui/atlas/asset.json": "{ \"schema_version\": 1 }",
    "assets/ui/atlas/a.png": "0123456789",
    "assets/ui/atlas/page.html": html,
    "assets/ui/atlas/drawing.svg": html,
    "assets/ui/atlas/colours.json": "{}",
    "assets/ui/atlas/sub/b.wav": "RIFF",
    [`assets/ui/atlas/${long}`]: "long",
    [`assets/ui/atlas/${odd}`]: "odd",
    "assets/ui/atlas/becomes.png": "mine",
    "assets/ui/atlas/deep/becomes.png": "mine",
    "assets/.prometeu/index.json": "{ \"schema_version\": 1, \"assets\": [] }",
    "outside.png": "secret",
    "deep/becomes.png": "secret"
  })
  const url = yield* serverFor(root, open())
  return { root, url, get: (path: string, headers = {}) => ask(url, path, headers) }
})

describe("a Studio answers", () => {
  it.live("its own page and no other, by whatever name that leads here", () =>
    Effect.gen(function*() {
      const { get, url } = yield* served
      const { host, port } = new URL(url)
      const own = { host, origin: `http://${host}` }
      const home = yield* get("/")
      assert.strictEqual(home.status, 200)
      assert.include(home.headers["content-security-policy"], "default-src 'none'")
      assert.include(home.headers["content-security-policy"], "frame-ancestors 'none'")
      for (const path of ["/", "/rpc", fileUrl("ui/atlas", "a.png")]) {
        for (const more of [{}, upgrade]) {
          for (
            const name of [
              `evil.example:${port}`,
              "evil.example",
              "127.0.0.1",
              `127.0.0.1.evil.example:${port}`,
              `[::1]:${port}`
            ]
          ) {
            const { headers, status } = yield* get(path, { ...more, host: name })
            assert.strictEqual(status, 421, `${path} as ${name}`)
            assert.strictEqual(headers["x-content-type-options"], "nosniff")
          }
          for (
            const origin of [
              "http://evil.example",
              "null",
              `https://${host}`,
              "http://127.0.0.1:1",
              `http://${host}.evil.example`
            ]
          ) {
            assert.strictEqual((yield* get(path, { ...more, host, origin })).status, 403, `${path} from ${origin}`)
          }
          assert.strictEqual((yield* get(path, { ...more, host, "sec-fetch-site": "cross-site" })).status, 403)
        }
      }
      assert.strictEqual((yield* get("/rpc", { ...own, ...upgrade })).status, 101)
      assert.strictEqual((yield* get("/rpc", { ...upgrade, host: `localhost:${port}` })).status, 101)
      assert.strictEqual((yield* get("/rpc", own)).status, 426)
      assert.strictEqual(
        (yield* get("/", { ...own, "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" })).status,
        200
      )
      for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
        assert.strictEqual((yield* ask(url, "/", { host }, method)).status, 405)
      }
    }))

  it.live("files of assets, whatever they are called, and as files, whatever is in them", () =>
    Effect.gen(function*() {
      const { get } = yield* served
      const types = {
        "a.png": "image/png",
        "sub/b.wav": "audio/wav",
        "colours.json": "text/plain; charset=utf-8",
        "page.html": "application/octet-stream",
        "drawing.svg": "application/octet-stream",
        [long]: "image/png",
        [odd]: "image/png"
      }
      for (const [file, type] of Object.entries(types)) {
        const { headers, status } = yield* get(fileUrl("ui/atlas", file))
        assert.deepStrictEqual([status, headers["content-type"]], [200, type], file)
        assert.strictEqual(headers["content-security-policy"], "sandbox; default-src 'none'")
        assert.strictEqual(headers["x-content-type-options"], "nosniff")
        assert.strictEqual(headers["cross-origin-resource-policy"], "same-origin")
        assert.strictEqual(
          headers["content-disposition"],
          type === "application/octet-stream" ? "attachment" : undefined
        )
      }
      const { body, headers } = yield* get(fileUrl("ui/atlas", "a.png"))
      assert.strictEqual(body, "0123456789")
      assert.strictEqual((yield* get(fileUrl("ui/atlas", "a.png"), { "if-none-match": headers.etag })).status, 304)
      const part = yield* get(fileUrl("ui/atlas", "a.png"), { range: "bytes=2-4" })
      assert.deepStrictEqual([part.status, part.body, part.headers["content-range"]], [206, "234", "bytes 2-4/10"])
      assert.strictEqual((yield* get(fileUrl("ui/atlas", "a.png"), { range: "bytes=10-" })).status, 416)
    }))

  it.live("nothing else, however it is spelled", () =>
    Effect.gen(function*() {
      const { get, root } = yield* served
      const parts = [
        "asset.json",
        "../atlas/a.png",
        "../../../outside.png",
        "..",
        ".",
        "",
        "/etc/passwd",
        "a.png\u0000",
        "a.png/",
        "sub//b.wav",
        "sub\\b.wav",
        "C:/a.png"
      ]
      const spellings = [encodeURIComponent, encodeURI, (text: string) => encodeURIComponent(encodeURIComponent(text))]
      for (const part of parts) {
        for (const spelled of spellings) {
          const { body, status } = yield* get(`/files/ui%2Fatlas/${spelled(part)}`)
          assert.include([400, 404], status, `${part} as ${spelled(part)}`)
          assert.notInclude(body, root)
        }
      }
      const paths = [
        "/files/",
        "/files/..%2f..%2foutside.png",
        "/files/.prometeu/index.json",
        "/files/.prometeu%2Fruntime/lock",
        "/files/ui/atlas/a.png",
        "/files/%2e%2e/outside.png",
        "/files/..%2F/outside.png",
        "/files/ui%2Fatlas/%c0%ae%c0%ae%2foutside.png",
        "/files/ui%2Fatlas/%",
        "/files/../index.html",
        "/../index.html",
        "/%2e%2e/index.html",
        "//evil.example/",
        "/index.html%00",
        "http://evil.example/"
      ]
      for (const path of paths) assert.include([400, 403, 404, 421], (yield* get(path)).status, path)
    }))

  it.live("no file that the packer has not listed", () =>
    Effect.gen(function*() {
      const { get, root } = yield* served
      fs.writeFileSync(`${root}/assets/ui/atlas/late.png`, "late")
      assert.strictEqual((yield* get(fileUrl("ui/atlas", "late.png"))).status, 404)
    }))

  it.live("no file that a link leads to, if somebody put one there since it was listed", () =>
    Effect.gen(function*() {
      const { get, root } = yield* served
      assert.strictEqual((yield* get(fileUrl("ui/atlas", "becomes.png"))).body, "mine")
      fs.rmSync(`${root}/assets/ui/atlas/becomes.png`)
      fs.symlinkSync(`${root}/outside.png`, `${root}/assets/ui/atlas/becomes.png`)
      fs.rmSync(`${root}/assets/ui/atlas/deep`, { recursive: true })
      fs.symlinkSync(`${root}/deep`, `${root}/assets/ui/atlas/deep`)
      for (const file of ["becomes.png", "deep/becomes.png"]) {
        const { body, status } = yield* get(fileUrl("ui/atlas", file))
        assert.strictEqual(status, 404)
        assert.notInclude(body, "secret")
      }
    }))

  it("parts of files as they are asked for", () => {
    const asked = [
      "bytes=0-3",
      "bytes=4-",
      "bytes=-3",
      "bytes=0-99",
      "bytes=-99",
      undefined,
      "bytes=-",
      "lines=1-2",
      "bytes=1-2,4-5"
    ]
    assert.deepStrictEqual(
      asked.map((range) => rangeOf(range, 10)),
      [
        { start: 0, end: 3 },
        { start: 4, end: 9 },
        { start: 7, end: 9 },
        { start: 0, end: 9 },
        { start: 0, end: 9 },
        "all",
        "all",
        "all",
        "all"
      ]
    )
    assert.deepStrictEqual(["bytes=10-", "bytes=5-2", "bytes=-0"].map((range) => rangeOf(range, 10)), [
      "none",
      "none",
      "none"
    ])
  })
})
