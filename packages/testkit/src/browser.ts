import {
  chromium,
  type Browser as Chromium,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
} from 'playwright-core';
import { chromiumBinary } from './binaries.ts';

export interface TabOptions extends BrowserContextOptions {
  /** Runs in the page before its own scripts. */
  initScript?: () => void;
}

/** A real Chromium; each tab has cookies and a storage of its own. */
export class Browser implements AsyncDisposable {
  readonly #chromium: Chromium;

  private constructor(browser: Chromium) {
    this.#chromium = browser;
  }

  static async start(): Promise<Browser> {
    const args = [
      ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
      ...['--disable-background-networking', '--disable-component-update'],
      // A machine that has only a loopback interface would else have no ICE candidates.
      ...['--allow-loopback-in-peer-connection', '--disable-features=WebRtcHideLocalIpsWithMdns'],
      '--autoplay-policy=no-user-gesture-required',
    ];
    return new Browser(await chromium.launch({ executablePath: chromiumBinary(), headless: true, args }));
  }

  async open(url: string, { initScript, ...options }: TabOptions = {}): Promise<Tab> {
    const context = await this.#chromium.newContext({
      viewport: { width: 1440, height: 900 },
      colorScheme: 'dark',
      locale: 'en-GB',
      ...options,
    });
    if (initScript) await context.addInitScript(initScript);
    const tab = new Tab(context, await context.newPage());
    await tab.page.goto(url);
    return tab;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#chromium.close();
  }
}

/** A page that is listened to: whatever it complains of unexpectedly fails the test at the end. */
export class Tab implements AsyncDisposable {
  readonly page: Page;
  readonly #context: BrowserContext;
  readonly #complaints: string[] = [];
  readonly #expected: RegExp[] = [];

  constructor(context: BrowserContext, page: Page) {
    this.#context = context;
    this.page = page;
    page.on('console', (message) =>
      this.#hear(`${message.type()}: ${message.text()} (${message.location().url})`),
    );
    page.on('pageerror', (error) => this.#hear(`uncaught: ${error.stack ?? error.message}`));
    page.on('requestfailed', (request) => {
      const reason = request.failure()?.errorText ?? 'no reason';
      // A page that ends its own requests is no failure.
      if (reason !== 'net::ERR_ABORTED') this.#hear(`${request.method()} ${request.url()}: ${reason}`);
    });
  }

  get context(): BrowserContext {
    return this.#context;
  }

  /** What was said so far that no test expected. */
  get complaints(): string[] {
    return this.#complaints.filter((text) => !this.#expected.some((pattern) => pattern.test(text)));
  }

  /** For a test that provokes what the browser itself writes on the console. */
  expectComplaint(pattern: RegExp): void {
    this.#expected.push(pattern);
  }

  #hear(text: string): void {
    this.#complaints.push(text);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { complaints } = this;
    await this.#context.close();
    if (complaints.length > 0) throw new Error(`the page complained:\n${complaints.join('\n')}`);
  }
}
