import { Service, until } from '@mediamtx-camera-service/testkit';
import { launchBrowser, visit } from './lib/browser.mjs';
const s = await Service.start({ args:['--log-level','info'], mediamtx:'managed', env:{CAMERA_SERVICE_CAMERA_LINGER:'1'} });
const c = await s.client(); const b = await launchBrowser();
await b.page.goto(s.loginUrl);
const status = async()=> (await c.call('get_stream_status',{device:'camera0'})).status;
const pause=ms=>new Promise(r=>setTimeout(r,ms));
async function round(between){ for(let i=0;i<8;i++){ await b.page.goto('about:blank'); await between?.(); await pause(500+Math.random()*1000); const r=await visit(b.page,s.httpUrl+'/'); 
 const res=await b.page.evaluate(()=>[performance.getEntriesByType('navigation').map(n=>['nav',Math.round(n.responseEnd),Math.round(n.domInteractive)]),performance.getEntriesByType('resource').map(e=>[e.name.split('/').slice(-1)[0].slice(0,20),Math.round(e.startTime),Math.round(e.requestStart),Math.round(e.responseEnd)])]);
 const stats=await b.page.evaluate(()=>1);
 console.log(Math.round(r.stillMs),Math.round(r.frameMs),JSON.stringify(r.marks),JSON.stringify(res)); } }
console.log('cold'); await round(()=>until(async()=>(await status())==='INACTIVE',{timeoutMs:60000}));
await c.call('start_streaming',{device:'camera0'}); await until(async()=>(await status())==='ACTIVE');
console.log('warm'); await round();
await b[Symbol.asyncDispose](); await s[Symbol.asyncDispose]();
