package dev.asyncloop.spring.porting;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.sleep;
import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.IOLoop;
import dev.asyncloop.http.AsyncHttpClient;
import dev.asyncloop.http.FetchRequest;
import dev.asyncloop.spring.TestApplication;
import dev.asyncloop.testing.LoopTest;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.LoggerFactory;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.test.web.reactive.server.WebTestClient;

/** What {@code tornado.testing} is for. */
@ExtendWith({SharedApplication.class, OutputCaptureExtension.class})
class HarnessCasesTest {

    private final TestApplication application;

    HarnessCasesTest(TestApplication application) {
        this.application = application;
    }

    /** Tornado's gen_test. */
    @LoopTest
    void aTestIsACoroutine(IOLoop loop) {
        sleep(Duration.ofHours(1));
        assertThat(loop.inLoop()).isTrue();
    }

    /** Tornado's AsyncHTTPTestCase. */
    @Test
    void aTestHasTheApplicationAndAClientForIt() {
        WebTestClient.bindToServer()
                .baseUrl("http://127.0.0.1:" + application.port())
                .build()
                .get()
                .uri("/plain")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody(String.class)
                .isEqualTo("plain");
    }

    /** Its fetch, which does not fail for a status. */
    @Test
    void aTestFetchesWithTheLoopsOwnClient() {
        AsyncHttpClient http = application.bean(AsyncHttpClient.class);
        int status = application
                .bean(IOLoop.class)
                .runSync(() -> await(http.fetch(FetchRequest.get("http://127.0.0.1:" + application.port() + "/nobody")
                                .raiseError(false)
                                .build()))
                        .status());
        assertThat(status).isEqualTo(404);
    }

    /** Its ExpectLog. */
    @Test
    void aTestSeesWhatIsLogged(CapturedOutput output) {
        LoggerFactory.getLogger("harness").warn("something to expect");
        assertThat(output).containsOnlyOnce("something to expect");
    }
}
