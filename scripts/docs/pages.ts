/** The pages and files that follow from the code alone, each with what writes it. */
import { codesPage } from "./codes.ts"
import { commandsPage } from "./commands.ts"
import { errorsPage } from "./errors.ts"
import { eventsPage } from "./events.ts"
import { filesPage } from "./files.ts"
import { assetSchema, registrySchema } from "./schemas.ts"
import { settingsPage } from "./settings.ts"
import { telemetryPage } from "./telemetry.ts"

/** Each page by its place. */
export const pages: Readonly<Record<string, () => string>> = {
  "docs/codes.md": codesPage,
  "docs/commands.md": commandsPage,
  "docs/errors.md": errorsPage,
  "docs/events.md": eventsPage,
  "docs/files.md": filesPage,
  "docs/settings.md": settingsPage,
  "docs/telemetry.md": telemetryPage,
  "schemas/asset.schema.json": assetSchema,
  "schemas/index.schema.json": registrySchema
}
