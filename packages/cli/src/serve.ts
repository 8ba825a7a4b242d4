import { serve } from '@mediamtx-camera-service/server';
import { Command, InvalidArgumentError } from 'commander';

interface Options {
  config?: string;
  dataDir?: string;
  host?: string;
  port?: number;
  healthPort?: number;
  readyFile?: string;
  testCameras?: number | 'auto';
  logLevel?: string;
  tls?: boolean;
}

export function serveCommand(): Command {
  return new Command('serve')
    .description('Runs the service until it is ended')
    .option('--config <file>', 'configuration (YAML)')
    .option('--data-dir <dir>', 'database, recordings, snapshots and secrets')
    .option('--host <host>', 'address to listen on (127.0.0.1; 0.0.0.0 for every interface)')
    .option('--port <port>', 'page, API and files (8002; 0 takes a free one)', readPort)
    .option('--tls', 'HTTPS and WSS, with a certificate of its own where none is configured')
    .option('--health-port <port>', 'health checks (8003, or the next free one)', readPort)
    .option('--ready-file <file>', 'written when everything answers')
    .option(
      '--test-cameras <n>',
      'how many test cameras (auto: one when there is no other camera)',
      readCount,
    )
    .option('--log-level <level>', 'trace, debug, info, warn, error, fatal or silent')
    .action(async (options: Options) => {
      const exitCode = await serve({
        configFile: options.config,
        readyFile: options.readyFile,
        flags: {
          'storage.data_dir': options.dataDir,
          'server.host': options.host,
          'server.port': options.port,
          'health.port': options.healthPort,
          'server.tls': options.tls,
          'camera.test_cameras': options.testCameras,
          'logging.level': options.logLevel,
        },
        env: process.env,
        print: (text) => process.stdout.write(text),
      });
      // Sockets of clients that never read may still be open.
      process.exit(exitCode);
    });
}

function readPort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535)
    throw new InvalidArgumentError('a port is a whole number from 0 to 65535');
  return port;
}

function readCount(text: string): number | 'auto' {
  if (text === 'auto') return text;
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('a whole number, or auto');
  return Number(text);
}
