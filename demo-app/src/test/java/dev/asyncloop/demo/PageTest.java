package dev.asyncloop.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.openqa.selenium.support.ui.ExpectedConditions.attributeToBe;
import static org.openqa.selenium.support.ui.ExpectedConditions.numberOfElementsToBe;
import static org.openqa.selenium.support.ui.ExpectedConditions.textMatches;
import static org.openqa.selenium.support.ui.ExpectedConditions.textToBe;

import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.support.ui.ExpectedCondition;
import org.openqa.selenium.support.ui.WebDriverWait;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Drives the page in a real browser. */
@BoardTest
class PageTest {

    /** By how much the page is wider than the screen. */
    private static final String WIDER =
            "return document.documentElement.scrollWidth - document.documentElement.clientWidth";

    private static Optional<Browser> started = Optional.empty();

    private static Site site;

    @LocalServerPort
    private int port;

    @Autowired
    private IOLoop loop;

    private Browser browser;

    @BeforeAll
    static void startBrowser() throws IOException {
        started = Browser.start();
        site = Site.start();
    }

    @AfterAll
    static void closeBrowser() throws IOException {
        if (started.isPresent()) {
            started.get().close();
        }
        site.close();
    }

    @BeforeEach
    void openPage() {
        assumeTrue(started.isPresent(), "There is no chromium with a chromedriver on the PATH; the page is not tested");
        browser = started.get();
        browser.look(1100, 800, "light");
        browser.driver().get("http://127.0.0.1:" + port + "/");
        waitFor(attributeToBe(By.id("link"), "data-link", "live"));
    }

    @Test
    void showsTheBuiltInWatchesWithStateLatencyAndHistory() {
        waitFor(numberOfElementsToBe(By.className("watch"), 3));
        waitFor(textToBe(inRow("Built-in: quick", "state"), "Up"));
        waitFor(textToBe(inRow("Built-in: slow", "state"), "Slow"));
        waitFor(textMatches(inRow("Built-in: slow", "latency"), Pattern.compile("[789]\\d\\d ms|1\\.\\d s")));
        waitFor(textMatches(By.id("summary"), Pattern.compile("All 3 up|2 of 3 up")));
        String carrier = loop.carrier() == Carrier.EVENT_LOOP ? "event-loop" : "JDK";
        assertThat(text(By.id("carrier"))).isEqualTo(carrier + " carrier, " + loop.transport());
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void updatesLiveAndShowsWhatFails() {
        By history = By.xpath(row("Built-in: flaky") + "//*[@data-state='DOWN' and string-length(@d) > 0]");
        waitFor(numberOfElementsToBe(history, 1));
        waitFor(textToBe(inRow("Built-in: flaky", "problem"), "503 Service Unavailable"));
        waitFor(textToBe(inRow("Built-in: flaky", "state"), "Up"));
    }

    @Test
    void addsAndRemovesAWatch() {
        submit("url", site.url("/hello"));
        waitFor(textToBe(inRow("127.0.0.1", "state"), "Up"));
        waitFor(textToBe(inRow("127.0.0.1", "url"), site.url("/hello")));
        assertThat(field("url")).isEmpty();

        browser.driver().findElement(inRow("127.0.0.1", "remove")).click();
        waitFor(numberOfElementsToBe(inRow("127.0.0.1", "state"), 0));
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void showsBadInputAsTextAndKeepsIt() {
        String bad = "<img src=x onerror=alert(1)>";
        submit("url", bad);
        waitFor(textMatches(
                By.id("add-problem"), Pattern.compile("'url' \"<img src=x onerror=alert\\(1\\)>\" is not .*")));
        assertThat(field("url")).isEqualTo(bad);
        assertThat(browser.driver().findElements(By.tagName("img"))).isEmpty();
    }

    @Test
    void checksAListInItsOrder() {
        browser.driver().findElement(By.cssSelector("details summary")).click();
        submit("urls", site.url("/late") + "\n" + site.url("/hello") + "\nhttp://10.0.0.1/");
        waitFor(numberOfElementsToBe(By.cssSelector("#answers li"), 3));
        assertThat(texts("#answers .url")).containsExactly(site.url("/late"), site.url("/hello"), "http://10.0.0.1/");
        assertThat(texts("#answers .state")).containsExactly("Up", "Up", "Down");
    }

    @Test
    void fitsEveryScreen() throws IOException {
        submit("url", site.url("/" + "long-path/".repeat(20)));
        submit("url", "http://10.0.0.1/internal");
        waitFor(numberOfElementsToBe(By.cssSelector(".watch .state[data-state]"), 5));
        waitFor(numberOfElementsToBe(By.cssSelector(".watch .state[data-state='']"), 0));
        for (String colours : List.of("light", "dark")) {
            for (int width : List.of(360, 1100)) {
                browser.look(width, 800, colours);
                assertThat(browser.driver().executeScript(WIDER)).isEqualTo(0L);
                assertThat(browser.screenshot("board-" + colours + "-" + width)).isNotEmptyFile();
            }
        }
        for (String name : List.of("127.0.0.1", "10.0.0.1")) {
            browser.driver().findElement(inRow(name, "remove")).click();
        }
        waitFor(numberOfElementsToBe(By.className("watch"), 3));
    }

    private void submit(String id, String text) {
        WebElement field = browser.driver().findElement(By.id(id));
        field.clear();
        field.sendKeys(text);
        browser.driver()
                .findElement(By.xpath("//*[@id='" + id + "']/ancestor::form//button"))
                .click();
        waitFor(driver -> driver.findElement(By.xpath("//*[@id='" + id + "']/ancestor::form//button"))
                .isEnabled());
    }

    private String field(String id) {
        return browser.driver().findElement(By.id(id)).getDomProperty("value");
    }

    private String text(By where) {
        return browser.driver().findElement(where).getText();
    }

    private List<String> texts(String selector) {
        return browser.driver().findElements(By.cssSelector(selector)).stream()
                .map(WebElement::getText)
                .toList();
    }

    private <T> void waitFor(ExpectedCondition<T> condition) {
        new WebDriverWait(browser.driver(), Duration.ofSeconds(10), Duration.ofMillis(50)).until(condition);
    }

    private static By inRow(String name, String part) {
        return By.xpath(row(name) + "//*[contains(concat(' ', @class, ' '), ' " + part + " ')]");
    }

    private static String row(String name) {
        return "//li[@class='watch'][.//*[@class='name' and text()='" + name + "']]";
    }
}
