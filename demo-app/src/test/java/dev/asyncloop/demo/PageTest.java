package dev.asyncloop.demo;

import static dev.asyncloop.demo.Page.inRow;
import static dev.asyncloop.demo.Page.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.openqa.selenium.support.ui.ExpectedConditions.numberOfElementsToBe;
import static org.openqa.selenium.support.ui.ExpectedConditions.numberOfElementsToBeMoreThan;
import static org.openqa.selenium.support.ui.ExpectedConditions.textMatches;
import static org.openqa.selenium.support.ui.ExpectedConditions.textToBe;

import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Drives the page in a real browser. */
@BoardTest
class PageTest {

    private static final String READING = "\\d\\d:\\d\\d:\\d\\d · (\\d+ ms|\\d\\.\\d s) · (up|slow|down)";

    private final Site site = Site.start();

    @LocalServerPort
    private int port;

    @Autowired
    private IOLoop loop;

    private Page page;

    @BeforeEach
    void openPage() throws IOException {
        page = Page.open(port);
    }

    @AfterEach
    void closePage() {
        if (page != null) {
            page.close();
        }
        site.close();
    }

    @Test
    void showsTheBuiltInWatchesWithStateLatencyHistoryAndChart() {
        page.waitFor(numberOfElementsToBe(By.className("watch"), 3));
        page.waitFor(textToBe(inRow("Built-in: quick", "state"), "Up"));
        page.waitFor(textToBe(inRow("Built-in: slow", "state"), "Slow"));
        page.waitFor(textMatches(inRow("Built-in: slow", "latency"), Pattern.compile("[789]\\d\\d ms|1\\.\\d s")));
        page.waitFor(textMatches(By.id("summary"), Pattern.compile("All 3 up|2 of 3 up")));
        page.waitFor(textMatches(
                inRow("Built-in: slow", "readout"), Pattern.compile("Median (\\d+ ms|1\\.\\d s) · max .*")));
        page.waitFor(numberOfElementsToBe(By.cssSelector(".plot canvas"), 3));
        String carrier = loop.carrier() == Carrier.EVENT_LOOP ? "event-loop" : "JDK";
        assertThat(page.text(By.id("carrier"))).isEqualTo(carrier + " carrier, " + loop.transport());
        assertThat(page.complaints()).isEmpty();
    }

    @Test
    void updatesLiveAndShowsWhatFails() {
        By history = By.xpath(row("Built-in: flaky") + "//*[@data-state='DOWN' and string-length(@d) > 0]");
        page.waitFor(numberOfElementsToBe(history, 1));
        page.waitFor(textToBe(inRow("Built-in: flaky", "problem"), "503 Service Unavailable"));
        page.waitFor(textToBe(inRow("Built-in: flaky", "state"), "Up"));
    }

    @Test
    void addsAndRemovesAWatch() {
        page.submit("url", site.url("/hello"));
        page.waitFor(textToBe(inRow("127.0.0.1", "state"), "Up"));
        page.waitFor(textToBe(inRow("127.0.0.1", "url"), site.url("/hello")));
        assertThat(page.value("url")).isEmpty();

        page.find(inRow("127.0.0.1", "toggle")).click();
        page.waitFor(numberOfElementsToBe(By.cssSelector(".plot canvas"), 4));
        page.find(inRow("127.0.0.1", "remove")).click();
        page.waitFor(numberOfElementsToBe(inRow("127.0.0.1", "state"), 0));
        assertThat(page.complaints()).isEmpty();
    }

    @Test
    void showsBadInputAsTextAndKeepsIt() {
        String bad = "<img src=x onerror=alert(1)>";
        page.submit("url", bad);
        page.waitFor(textMatches(
                By.id("add-problem"), Pattern.compile("'url' \"<img src=x onerror=alert\\(1\\)>\" is not .*")));
        assertThat(page.value("url")).isEqualTo(bad);
        assertThat(page.driver().findElements(By.tagName("img"))).isEmpty();
    }

    @Test
    void checksAListAndShowsItInItsOrder() {
        page.find(By.cssSelector("details summary")).click();
        page.submit("urls", site.url("/late") + "\n\n" + site.url("/hello") + "\nhttp://10.0.0.1/\nftp://a/");
        assertThat(page.texts("#answers .url"))
                .containsExactly(site.url("/late"), site.url("/hello"), "http://10.0.0.1/", "ftp://a/");
        assertThat(page.texts("#answers .state")).containsExactly("Up", "Up", "Down", "Down");
        assertThat(page.text(By.id("checked"))).isEqualTo("4 checked, 2 up");
    }

    @Test
    void uploadsAListAndShowsAnswersWhileItChecks(@TempDir Path folder) throws IOException {
        Path list = Files.writeString(folder.resolve("urls.txt"), site.url("/never") + "\r\n" + site.url("/hello"));
        page.find(By.cssSelector("details summary")).click();
        page.find(By.id("file")).sendKeys(list.toString());
        page.find(By.cssSelector("#check [type=submit]")).click();
        page.waitFor(textToBe(By.cssSelector("#answers .url"), site.url("/hello")));
        page.find(By.id("stop")).click();
        page.waitFor(textToBe(By.id("checked"), "1 checked, 1 up"));
    }

    /** Here one of its endpoints can only be read, and another is not there. */
    @Test
    void leadsToTheConsoleWhichHasOnlyWhatTheEndpointsAllow() throws IOException {
        assertThat(page.find(By.linkText("Console")).getDomProperty("href")).endsWith("/actuator/console");
        try (Page console = Page.openConsole(port)) {
            console.waitFor(textMatches(By.id("sockets"), Pattern.compile("\\d+ WebSockets?")));
            console.waitFor(textMatches(By.id("coroutine-rows"), Pattern.compile(".*api/live.*", Pattern.DOTALL)));
            console.find(By.id("tile-oldest")).click();
            console.waitFor(textMatches(
                    By.cssSelector("#coroutine-rows .row:first-child .stack"), Pattern.compile(".+", Pattern.DOTALL)));
            assertThat(console.texts("#coroutine-rows .cancel:not([hidden])")).isEmpty();
            assertThat(console.text(By.cssSelector("#periodics .problem")))
                    .startsWith("There is no endpoint 'periodic'");
            assertThat(console.find(By.id("tile-periodics")).isDisplayed()).isFalse();
            assertThat(console.complaints()).allMatch(PageTest::isOfCoroutineThatHasEnded);
        }
    }

    /** One that has ended between the list and the look at it: the browser says so by itself. */
    private static boolean isOfCoroutineThatHasEnded(String complaint) {
        return complaint.matches("\\S+/actuator/coroutines/\\d+ - .* 404 .*");
    }

    /** From top to bottom, each with an outline. */
    @Test
    void isReachedByKeyboardAlone() {
        page.waitFor(numberOfElementsToBe(By.cssSelector(".plot canvas"), 3));
        Set<String> reached = new LinkedHashSet<>();
        for (int presses = 0; presses < 23; presses++) {
            page.type(Keys.TAB);
            reached.add((String) page.driver().executeScript(Page.FOCUSED));
        }
        assertThat(reached)
                .containsSubsequence(
                        "fact solid",
                        "chat-count solid",
                        "url solid",
                        "BUTTON solid",
                        "toggle solid",
                        "remove solid",
                        "plot solid",
                        "SUMMARY solid",
                        "lines solid",
                        "name solid")
                .filteredOn(one -> !one.startsWith("BODY"))
                .allMatch(one -> one.endsWith(" solid"));
    }

    @Test
    void readsAChartByKeyboard() {
        page.waitFor(textMatches(inRow("Built-in: slow", "readout"), Pattern.compile("Median .*")));
        page.find(inRow("Built-in: slow", "plot")).sendKeys(Keys.END, Keys.ARROW_LEFT, Keys.HOME);
        String reading = page.find(inRow("Built-in: slow", "plot")).getDomAttribute("aria-valuetext");
        assertThat(reading).matches(READING);
        page.waitFor(textMatches(inRow("Built-in: slow", "readout"), Pattern.compile(READING)));
        page.find(inRow("Built-in: slow", "toggle")).sendKeys(Keys.ENTER);
        page.waitFor(numberOfElementsToBe(By.cssSelector(".plot canvas"), 2));
        assertThat(page.complaints()).isEmpty();
    }

    @Test
    void fitsEveryScreen() throws IOException {
        page.submit("url", site.url("/" + "long-path/".repeat(20)));
        page.submit("url", "http://10.0.0.1/internal");
        page.waitFor(numberOfElementsToBe(By.cssSelector(".watch .state[data-state]"), 5));
        page.waitFor(numberOfElementsToBe(By.cssSelector(".watch .state[data-state='']"), 0));
        page.find(By.cssSelector("details summary")).click();
        page.submit("urls", site.url("/hello") + "\nhttp://10.0.0.1/\nexample.org");
        page.waitFor(textToBe(By.id("checked"), "3 checked, 1 up"));
        try (Page other = Page.open(port)) {
            page.submit("name", "Ada");
            page.waitFor(numberOfElementsToBe(By.className("guest"), 1));
            other.submit("name", "Jean-Luc");
            page.waitFor(numberOfElementsToBe(By.className("guest"), 2));
            int before = page.texts(".said").size();
            other.type("Has anybody touched the flaky one?", Keys.ENTER);
            page.waitFor(numberOfElementsToBe(By.className("said"), before + 1));
            page.find(By.id("text")).sendKeys("Not me. It says 503 every third time:", Keys.ENTER);
            page.find(By.id("text")).sendKeys(site.url("/" + "a".repeat(60)), Keys.ENTER);
            page.waitFor(numberOfElementsToBe(By.className("said"), before + 3));
            other.type(
                    "Aha.",
                    Keys.ENTER,
                    "It is meant to, I think.",
                    Keys.chord(Keys.SHIFT, Keys.ENTER),
                    "See /demo/flaky",
                    Keys.ENTER);
            page.waitFor(numberOfElementsToBe(By.className("said"), before + 5));
            for (String colours : List.of("light", "dark")) {
                for (int width : List.of(360, 1280)) {
                    page.look(width, 860, colours);
                    page.waitFor(numberOfElementsToBeMoreThan(By.cssSelector(".plot canvas"), 0));
                    assertThat(page.driver().executeScript(Page.WIDER)).isEqualTo(0L);
                    assertThat(page.screenshot("board-" + colours + "-" + width))
                            .isNotEmptyFile();
                }
            }
        }
        assertThat(page.complaints()).isEmpty();
        for (String name : List.of("127.0.0.1", "10.0.0.1")) {
            page.find(inRow(name, "remove")).click();
        }
        page.waitFor(numberOfElementsToBe(By.className("watch"), 3));
    }
}
