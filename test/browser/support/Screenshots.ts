/** Where the pictures of the tests go. */
import { join } from "node:path"

/** The folder with the pictures; it is emptied before each run. */
export const screenshots = join(import.meta.dirname, "..", "screenshots")
