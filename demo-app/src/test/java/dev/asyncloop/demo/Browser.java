package dev.asyncloop.demo;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openqa.selenium.WindowType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.springframework.util.FileSystemUtils;

/**
 * A headless Chromium of this system, one for all tests. Each of its windows is a browser of its own to the page, which
 * keeps what it keeps in the window. Nothing is downloaded: where there is no Chromium, there is none.
 */
final class Browser {

    private static @Nullable Browser shared;

    private final Path profile;

    private final ChromeDriver driver;

    private final List<String> free = new ArrayList<>();

    private Browser(String driverBinary, String browserBinary) throws IOException {
        profile = Files.createTempDirectory("status-board-browser");
        LoggingPreferences logging = new LoggingPreferences();
        logging.enable(LogType.BROWSER, Level.ALL);
        ChromeOptions options = new ChromeOptions();
        options.setBinary(browserBinary);
        options.setCapability(ChromeOptions.LOGGING_PREFS, logging);
        options.addArguments(
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-quic",
                "--disable-sync",
                "--disable-background-networking",
                "--disable-component-update",
                "--no-first-run",
                "--hide-scrollbars",
                "--force-prefers-reduced-motion",
                "--disable-background-timer-throttling",
                "--disable-backgrounding-occluded-windows",
                "--disable-renderer-backgrounding",
                "--user-data-dir=" + profile);
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(new File(driverBinary))
                .usingAnyFreePort()
                .build();
        driver = new ChromeDriver(service, options);
        free.add(driver.getWindowHandle());
    }

    /** Returns the browser, started by the first who asks, if this system has one and its driver. */
    static Optional<Browser> find() throws IOException {
        if (shared == null) {
            shared = start().orElse(null);
            if (shared != null) {
                Runtime.getRuntime().addShutdownHook(new Thread(shared::close, "close the browser"));
            }
        }
        return Optional.ofNullable(shared);
    }

    private static Optional<Browser> start() throws IOException {
        Optional<String> driver = onPath("chromedriver");
        Optional<String> browser = onPath("chromium", "chromium-browser", "google-chrome", "chrome");
        return driver.isPresent() && browser.isPresent()
                ? Optional.of(new Browser(driver.get(), browser.get()))
                : Optional.empty();
    }

    private static Optional<String> onPath(String... names) {
        List<String> folders = List.of(System.getenv("PATH").split(File.pathSeparator));
        return Stream.of(names)
                .flatMap(name -> folders.stream().map(folder -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst();
    }

    ChromeDriver driver() {
        return driver;
    }

    /** Returns a window that nobody uses; a new one takes the browser a while. */
    String takeWindow() {
        if (free.isEmpty()) {
            return driver.switchTo().newWindow(WindowType.WINDOW).getWindowHandle();
        }
        return free.removeLast();
    }

    void giveBack(String window) {
        free.add(window);
    }

    private void close() {
        driver.quit();
        try {
            FileSystemUtils.deleteRecursively(profile);
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }
}
