package dev.asyncloop.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.openqa.selenium.support.ui.ExpectedConditions.attributeToBe;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import org.awaitility.Awaitility;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.support.ui.ExpectedCondition;
import org.openqa.selenium.support.ui.WebDriverWait;

/** The status board, or its console, in a window of its own. */
final class Page implements AutoCloseable {

    /** By how much the page is wider than the screen. */
    static final String WIDER = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";

    /** What has the focus, and the style of its outline. */
    static final String FOCUSED = """
            const here = document.activeElement;
            return (here.id || here.className || here.tagName) + ' ' + getComputedStyle(here).outlineStyle""";

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final ChromeDriver driver;

    private final Browser browser;

    private final String window;

    private Page(Browser browser, int port, String path) {
        this.browser = browser;
        this.driver = browser.driver();
        this.window = browser.takeWindow();
        complaints(); // of others
        look(1280, 860, "light");
        driver.get("http://127.0.0.1:" + port + path);
        waitFor(attributeToBe(By.id("link"), "data-link", "live"));
    }

    /** Opens it, and waits until it is live. Skips the test where there is no browser. */
    static Page open(int port) throws IOException {
        return open(port, "/");
    }

    /** Opens the loop's console instead. */
    static Page openConsole(int port) throws IOException {
        return open(port, "/actuator/console");
    }

    private static Page open(int port, String path) throws IOException {
        Optional<Browser> browser = Browser.find();
        assumeTrue(browser.isPresent(), "There is no chromium with a chromedriver on the PATH; the page is not tested");
        return new Page(browser.get(), port, path);
    }

    /** Returns the driver, looking at this window. */
    ChromeDriver driver() {
        driver.switchTo().window(window);
        return driver;
    }

    WebElement find(By where) {
        return driver().findElement(where);
    }

    String text(By where) {
        return find(where).getText();
    }

    /** All at the same moment: the page changes meanwhile. */
    @SuppressWarnings("unchecked")
    List<String> texts(String selector) {
        return (List<String>) driver().executeScript(
                        "return [...document.querySelectorAll(arguments[0])].map(one => one.innerText)", selector);
    }

    String value(String id) {
        return find(By.id(id)).getDomProperty("value");
    }

    /** Fills in a field, sends its form, and waits for the answer. */
    void submit(String id, String text) {
        WebElement field = find(By.id(id));
        field.clear();
        field.sendKeys(text);
        By button = By.xpath("//*[@id='" + id + "']/ancestor::form//button[@type='submit']");
        driver.findElement(button).click();
        waitFor(now -> now.findElement(button).isEnabled());
    }

    /** Types into whatever has the focus. */
    void type(CharSequence... keys) {
        driver().switchTo().activeElement().sendKeys(keys);
    }

    <T> T waitFor(ExpectedCondition<T> condition) {
        return new WebDriverWait(driver(), LIMIT, Duration.ofMillis(50)).until(condition);
    }

    void waitForTexts(String selector, List<String> texts) {
        Awaitility.await()
                .atMost(LIMIT)
                .untilAsserted(() -> assertThat(texts(selector)).isEqualTo(texts));
    }

    /** Makes the page as wide as a screen of the given size, in light or dark colours. */
    void look(int width, int height, String colours) {
        driver().executeCdpCommand(
                        "Emulation.setDeviceMetricsOverride",
                        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", colours))));
    }

    /** Cuts it off from everybody, or lets it go on. */
    void offline(boolean offline) {
        driver().executeCdpCommand("Network.enable", Map.of());
        driver.executeCdpCommand(
                "Network.emulateNetworkConditions",
                Map.of("offline", offline, "latency", 0, "downloadThroughput", -1, "uploadThroughput", -1));
    }

    /** Keeps a picture of the whole page under {@code target/}. */
    Path screenshot(String name) throws IOException {
        driver().executeScript("scrollTo(0, 0)");
        Object png = driver.executeCdpCommand("Page.captureScreenshot", Map.of("captureBeyondViewport", true))
                .get("data");
        Path file = Path.of("target", "screenshots", name + ".png");
        Files.createDirectories(file.getParent());
        return Files.write(file, Base64.getDecoder().decode((String) png));
    }

    /** Returns what the console complained about since the last call. */
    List<String> complaints() {
        return driver().manage().logs().get(LogType.BROWSER).getAll().stream()
                .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
                .map(LogEntry::getMessage)
                .toList();
    }

    static By inRow(String name, String part) {
        return By.xpath(row(name) + "//*[contains(concat(' ', @class, ' '), ' " + part + " ')]");
    }

    static String row(String name) {
        return "//li[@class='watch'][.//*[@class='name' and text()='" + name + "']]";
    }

    @Override
    public void close() {
        driver().executeScript("sessionStorage.clear()");
        driver.get("about:blank");
        browser.giveBack(window);
    }
}
