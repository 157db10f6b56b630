/** How the page of the Studio is built. */
import react from "@vitejs/plugin-react"
import { defineConfig } from "vite"

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  resolve: { conditions: ["prometeu-packer-source", "browser", "module", "import"] },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2023",
    // The policy of the page lets nothing run that is written into it.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0
  }
})
