/** What a host sees of a project at one moment, as text: made so that it is equal wherever the project is. */
import type { Snapshot } from "../../../src/domain/Snapshot.ts"
import type { SimulatedDisk } from "../../../src/testing/SimulatedDisk.ts"
import { assets } from "../crashes/CrashRecording.ts"
import { found, treeText } from "../crashes/Expected.ts"

const uuid = /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g

/** The same text with each uuid as the number of its first appearance: which ones are made up is nobody's business. */
const withoutUuids = (text: string): string => {
  const seen = new Map<string, number>()
  return text.replaceAll(uuid, (one) => {
    const number = seen.get(one) ?? seen.size
    seen.set(one, number)
    return `uuid ${number}`
  })
}

/** What is shown of a project. */
export const shownIn = ({ assets, registry }: Snapshot): string =>
  withoutUuids(JSON.stringify([
    registry.nextId,
    Array.from(assets.values(), ({ diagnostics, summary }) => [summary, diagnostics.map(({ code }) => code)])
  ]))

/** What is on disk of a project, once everything is in its plain file; without the packer's own folder. */
export const storedOn = (disk: SimulatedDisk): string => withoutUuids(treeText(found(disk, assets)))
