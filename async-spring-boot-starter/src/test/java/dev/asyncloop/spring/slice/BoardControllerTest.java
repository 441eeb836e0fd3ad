package dev.asyncloop.spring.slice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.when;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.webflux.test.autoconfigure.WebFluxTest;
import org.springframework.context.ApplicationContext;
import org.springframework.test.context.bean.override.mockito.MockitoBean;
import org.springframework.test.web.reactive.server.WebTestClient;

/** A coroutine handler, its advice and filter in the slice of tests that Spring Boot has for WebFlux. */
@WebFluxTest(BoardController.class)
class BoardControllerTest {

    @Autowired
    private WebTestClient client;

    @MockitoBean
    private Prices prices;

    @Test
    void showsThePrice() {
        when(prices.of("A")).thenReturn(7);
        client.get().uri("/board/A").exchange().expectBody(String.class).isEqualTo("A: 7");
    }

    @Test
    void adviceAndFiltersArePartOfTheSlice() {
        when(prices.of("B")).thenThrow(new IllegalArgumentException("B"));
        client.get()
                .uri("/board/B")
                .exchange()
                .expectStatus()
                .isNotFound()
                .expectHeader()
                .valueEquals("X-Stamp", "seen")
                .expectBody(String.class)
                .isEqualTo("no B");
    }

    @Test
    void thereIsNoServerInTheSlice(@Autowired ApplicationContext context) {
        assertThat(context.containsBean("reactorResourceFactory")).isFalse();
    }

    @Test
    void thePageOnTestingShowsThis() throws IOException {
        String here =
                squeeze(Files.readString(Path.of("src/test/java/dev/asyncloop/spring/slice/BoardControllerTest.java")));
        String page = Files.readString(Path.of("../docs/testing.md"));
        List<String> snippets = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL)
                .matcher(page.substring(page.indexOf("\n### Slices")))
                .results()
                .map(found -> squeeze(found.group(1)))
                .toList();
        assertThat(snippets).hasSize(1).allSatisfy(snippet -> assertThat(here).contains(snippet));
    }

    private static String squeeze(String text) {
        return text.replaceAll("\\s+|}\\s*$", "");
    }
}
