import { assert, describe, it } from "@effect/vitest"
import { missingEntries } from "../../scripts/complete-lock.ts"

describe("complete-lock", () => {
  const packages = {
    "": {},
    "node_modules/tool": {
      dev: true,
      license: "MIT",
      optionalDependencies: {
        "@tool/linux-x64-musl": "1.2.3",
        "@tool/darwin-arm64": "1.2.3",
        fsevents: "2.0.0",
        "@tool/win32-x64": "^1.0.0"
      }
    },
    "node_modules/@tool/darwin-arm64": {}
  }

  it("adds the exact versions of platforms that are not there", () => {
    assert.deepStrictEqual(missingEntries(packages), {
      "node_modules/@tool/linux-x64-musl": {
        version: "1.2.3",
        cpu: ["x64"],
        dev: true,
        libc: ["musl"],
        license: "MIT",
        optional: true,
        os: ["linux"]
      }
    })
  })

  it("finds what is nested in the package itself", () => {
    const nested = { ...packages, "node_modules/tool/node_modules/@tool/linux-x64-musl": {} }
    assert.deepStrictEqual(missingEntries(nested), {})
  })
})
