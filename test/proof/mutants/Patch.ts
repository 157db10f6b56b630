/** A copy of the project in which one thing is wrong. */
import { Effect } from "effect"
import * as fs from "node:fs"
import * as os from "node:os"
import { fileURLToPath } from "node:url"
import type { Mutant } from "./Mutants.ts"

const project = fileURLToPath(new URL("../../../", import.meta.url))

/** Says why a mutant no longer applies to the source; `undefined` if it does. */
export const whyNot = ({ edits }: Mutant): string | undefined => {
  const texts = new Map<string, string>()
  for (const { file, find, put } of edits) {
    const path = `${project}/src/${file}`
    if (!fs.existsSync(path)) return `there is no ${file}`
    const text = texts.get(file) ?? fs.readFileSync(path, "utf8")
    const times = text.split(find).length - 1
    if (times !== 1) return `what it changes stands ${times} times in ${file}: ${JSON.stringify(find)}`
    texts.set(file, text.replace(find, () => put))
  }
  return undefined
}

/** The project with a mutant in it, in a folder of its own; it is gone at the end of the scope. */
export const patchedCopy = ({ edits }: Pick<Mutant, "edits">) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const copy = fs.realpathSync(fs.mkdtempSync(`${os.tmpdir()}/prometeu-packer-mutant-`))
      for (const part of ["src", "test", "package.json"]) {
        fs.cpSync(`${project}/${part}`, `${copy}/${part}`, { recursive: true })
      }
      fs.symlinkSync(`${project}/node_modules`, `${copy}/node_modules`, "dir")
      for (const { file, find, put } of edits) {
        const path = `${copy}/src/${file}`
        fs.writeFileSync(path, fs.readFileSync(path, "utf8").replace(find, () => put))
      }
      return copy
    }),
    (copy) => Effect.sync(() => fs.rmSync(copy, { recursive: true, force: true }))
  )
