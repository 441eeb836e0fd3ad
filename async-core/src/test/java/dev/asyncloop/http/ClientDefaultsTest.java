package dev.asyncloop.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.Carrier;
import dev.asyncloop.OnBothCarriers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client adds to its requests. */
class ClientDefaultsTest {

    private TestServer server;

    private TestServer other;

    @BeforeEach
    void startServers() {
        server = new TestServer();
        other = new TestServer();
    }

    @AfterEach
    void stopServers() {
        server.close();
        other.close();
    }

    private HttpFixture client(Carrier carrier) {
        return new HttpFixture(
                carrier,
                options -> options.withBaseUrl(server.url("/"))
                        .withHeader("Authorization", "Bearer x")
                        .withHeader("X-App", "mine")
                        .withRaiseError(false));
    }

    @OnBothCarriers
    void relativeUrlsAndHeadersAreCompleted(Carrier carrier) {
        try (var http = client(carrier)) {
            FetchResponse response = HttpFixture.outcome(http.client.fetch("/echo?x=1"));
            assertThat(response.effectiveUri()).hasToString(server.url("/echo?x=1"));
            assertThat(response.request()).hasToString("GET " + server.url("/echo?x=1"));
            assertThat(server.last().header("Authorization")).isEqualTo("Bearer x");
            assertThat(server.last().header("X-App")).isEqualTo("mine");
            HttpFixture.outcome(http.client.fetch(response.request()));
            assertThat(server.last().headers().getAll("X-App")).containsExactly("mine");
        }
    }

    @OnBothCarriers
    void theRequestsOwnCountFirst(Carrier carrier) {
        try (var http = client(carrier)) {
            HttpFixture.outcome(http.client.fetch(FetchRequest.get("/echo")
                    .basicAuth("Aladdin", "open sesame")
                    .header("x-app", "other")
                    .build()));
            assertThat(server.last().headers().getAll("Authorization"))
                    .containsExactly("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
            assertThat(server.last().headers().getAll("X-App")).containsExactly("other");
            assertThat(HttpFixture.outcome(http.client.fetch("/status/404")).status())
                    .isEqualTo(404);
            FetchRequest strict =
                    FetchRequest.get("/status/404").raiseError(true).build();
            assertThatThrownBy(() -> HttpFixture.outcome(http.client.fetch(strict)))
                    .isInstanceOf(HttpStatusException.class);
        }
    }

    @OnBothCarriers
    void credentialsAreForTheOriginOfTheBaseOnly(Carrier carrier) {
        try (var http = client(carrier)) {
            HttpFixture.outcome(http.client.fetch(other.url("/echo")));
            assertThat(other.last().header("Authorization")).isNull();
            assertThat(other.last().header("X-App")).isEqualTo("mine");
            HttpFixture.outcome(http.client.fetch("/countdown/1?to=" + other.url("/echo")));
            assertThat(server.last().header("Authorization")).isEqualTo("Bearer x");
            assertThat(other.last().header("Authorization")).isNull();
        }
        try (var http = new HttpFixture(carrier, options -> options.withHeader("Authorization", "for all"))) {
            HttpFixture.outcome(http.client.fetch(other.url("/echo")));
            assertThat(other.last().header("Authorization")).isEqualTo("for all");
        }
    }

    @OnBothCarriers
    void aRelativeUrlNeedsABase(Carrier carrier) {
        try (var http = new HttpFixture(carrier)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> http.client.fetch("/echo"))
                    .withMessageContaining("'/echo' is relative")
                    .withMessageContaining("withBaseUrl");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "http://h, /x, http://h/x",
        "http://h/, /x, http://h/x",
        "http://h/api, /x, http://h/api/x",
        "http://h/api/, /x?y, http://h/api/x?y",
        "http://h/api, ?y=1, http://h/api?y=1",
        "http://b\u00fccher.example, '/{id}', http://xn--bcher-kva.example/7"
    })
    void aRelativeUrlIsAppended(String base, String url, String complete) {
        Object[] values = url.contains("{") ? new Object[] {7} : new Object[0];
        assertThat(FetchRequest.get(url, values)
                        .build()
                        .on(HttpClientOptions.defaults().withBaseUrl(base))
                        .uri())
                .hasToString(complete);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/x", "a.example", "ftp://h", "http://me:secret@h/", "http://h/?x=1"})
    void aBaseIsAWholeUrl(String url) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HttpClientOptions.defaults().withBaseUrl(url))
                .withMessageContaining("URL '")
                .withMessageNotContaining("secret");
    }

    @Test
    void aHeaderOfTheClientIsCheckedAsOneOfARequest() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HttpClientOptions.defaults().withHeader("X", "a\nb"))
                .withMessageContaining("'X'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HttpClientOptions.defaults().withHeader("Content-Length", "1"))
                .withMessageContaining("Content-Length");
    }
}
