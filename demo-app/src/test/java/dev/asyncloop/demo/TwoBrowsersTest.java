package dev.asyncloop.demo;

import static dev.asyncloop.demo.Page.inRow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.openqa.selenium.support.ui.ExpectedConditions.attributeToBe;
import static org.openqa.selenium.support.ui.ExpectedConditions.numberOfElementsToBe;
import static org.openqa.selenium.support.ui.ExpectedConditions.textMatches;
import static org.openqa.selenium.support.ui.ExpectedConditions.textToBe;

import dev.asyncloop.IOLoop;
import dev.asyncloop.spring.websocket.WebSocketConnections;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Two who look at the same board see each other. */
@BoardTest
class TwoBrowsersTest {

    private static final By NEWEST = By.cssSelector(".said:last-child .text");

    private final Site site = Site.start();

    @LocalServerPort
    private int port;

    @Autowired
    private IOLoop loop;

    @Autowired
    private WebSocketConnections connections;

    private Page ada;

    private Page bob;

    @BeforeEach
    void openPages() throws IOException {
        ada = Page.open(port);
        bob = Page.open(port);
    }

    @AfterEach
    void closePages() {
        if (ada != null) {
            ada.close();
        }
        if (bob != null) {
            bob.close();
        }
        site.close();
    }

    @Test
    void seeWhoIsHereAndWhatTheOtherSays() {
        join(ada, "Ada");
        join(bob, "Bob");
        ada.waitForTexts("#here .name", List.of("Ada (you)", "Bob"));
        bob.waitForTexts("#here .name", List.of("Ada", "Bob (you)"));
        ada.waitFor(now -> ada.texts(".happened").stream().anyMatch(line -> line.startsWith("Bob joined ")));
        assertThat(ada.text(By.id("chat-count"))).isEqualTo("Chat · 2 here");

        bob.type("<b>hello</b>", Keys.chord(Keys.SHIFT, Keys.ENTER), "Ada", Keys.ENTER);
        ada.waitFor(textToBe(NEWEST, "<b>hello</b>\nAda"));
        assertThat(bob.value("text")).isEmpty();

        bob.driver().navigate().refresh();
        bob.waitFor(textToBe(NEWEST, "<b>hello</b>\nAda"));
        bob.waitForTexts("#here .name", List.of("Ada", "Bob (you)"));

        bob.find(By.id("leave")).click();
        ada.waitForTexts("#here .name", List.of("Ada (you)"));
        assertThat(ada.complaints()).isEmpty();
        assertThat(bob.complaints()).isEmpty();
    }

    @Test
    void aNameThatIsNoneIsRefusedWithTheReason() {
        ada.submit("name", "<Ada>");
        ada.waitFor(textMatches(By.id("join-problem"), Pattern.compile("'name' is no name; use up to 24 .*")));
        join(ada, "Eve");
        assertThat(ada.text(By.id("join-problem"))).isEmpty();
    }

    @Test
    void seeTheWatchThatTheOtherAdds() {
        ada.submit("url", site.url("/hello"));
        bob.waitFor(textToBe(inRow("127.0.0.1", "state"), "Up"));
        bob.find(inRow("127.0.0.1", "remove")).click();
        ada.waitFor(numberOfElementsToBe(inRow("127.0.0.1", "state"), 0));
    }

    @Test
    void comeBackByThemselvesWhenTheirConnectionsAreLost() {
        join(ada, "Cleo");
        join(bob, "Dan");
        bob.type("before", Keys.ENTER);
        ada.waitFor(textToBe(NEWEST, "before"));
        List<String> said = new ArrayList<>(ada.texts(".said .text"));
        said.add("after");

        drop();
        ada.waitFor(attributeToBe(By.id("link"), "data-link", "lost"));
        assertThat(ada.text(By.id("link"))).isEqualTo("reconnecting");
        bob.submit("url", site.url("/hello"));

        ada.waitFor(attributeToBe(By.id("link"), "data-link", "live"));
        ada.waitFor(textToBe(inRow("127.0.0.1", "state"), "Up"));
        bob.waitFor(attributeToBe(By.id("chat"), "data-link", "live"));
        bob.find(By.id("text")).sendKeys("after", Keys.ENTER);
        ada.waitForTexts(".said .text", said);
        bob.find(inRow("127.0.0.1", "remove")).click();
        bob.waitFor(numberOfElementsToBe(inRow("127.0.0.1", "state"), 0));
    }

    private static void join(Page page, String name) {
        page.submit("name", name);
        page.waitFor(attributeToBe(By.id("chat"), "data-link", "live"));
        page.waitFor(driver ->
                driver.switchTo().activeElement().getDomAttribute("id").equals("text"));
    }

    private void drop() {
        loop.runSync(() -> {
            connections.list().forEach(one -> one.socket().close(1011, "dropped"));
            return null;
        });
    }
}
