// The camera as a scanner, where the browser knows barcodes by itself. Without it nothing is offered.
const EVERY_MS = 150, SAME_AGAIN_MS = 1500;

export const canSee = () => "BarcodeDetector" in window && Boolean(navigator.mediaDevices?.getUserMedia);

export async function watch(video, take) {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  const detector = new window.BarcodeDetector();
  let last = "", seenAt = 0;
  video.srcObject = stream;
  await video.play();

  const timer = setInterval(async () => {
    const [found] = await detector.detect(video).catch(() => []);
    const now = performance.now();
    if (!found?.rawValue || (found.rawValue === last && now - seenAt < SAME_AGAIN_MS)) return;
    last = found.rawValue;
    seenAt = now;
    take(found.rawValue);
  }, EVERY_MS);

  return () => {
    clearInterval(timer);
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  };
}
