package dev.asyncloop.spring.http;

import static dev.asyncloop.Async.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.asyncloop.IOLoop;
import dev.asyncloop.http.AsyncHttpClient;
import dev.asyncloop.http.TlsFailedException;
import dev.asyncloop.spring.Coroutine;
import dev.asyncloop.spring.TestApplication;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;

/** The application's clients are secured by the bundle that {@code spring.http.clients.ssl.bundle} names. */
class SslBundleTest {

    private static final String PASSWORD = "changeit";

    @TempDir
    static Path folder;

    @BeforeAll
    static void makeCertificates() throws Exception {
        keytool("-genkeypair", "-alias", "server", "-dname", "CN=localhost", "-ext", "SAN=dns:localhost", "server.p12");
        keytool("-genkeypair", "-alias", "client", "-dname", "CN=client", "client.p12");
        trust("server", "client.p12");
        trust("client", "server.p12");
    }

    @Test
    void aServerThatAsksForACertificateIsFetchedFromWithTheBundle() {
        try (TestApplication application = start("spring.http.clients.ssl.bundle=client")) {
            String url = "https://localhost:" + application.port() + "/hello";
            AsyncHttpClient http = application.bean(AsyncHttpClient.class);
            assertThat(application
                            .bean(IOLoop.class)
                            .runSync(() -> await(http.fetch(url)).text()))
                    .isEqualTo("hello");
            RestClient rest = application.bean(RestClient.Builder.class).build();
            assertThat(rest.get().uri(url).retrieve().body(String.class)).isEqualTo("hello");
        }
    }

    @Test
    void withoutTheBundleTheServerIsNotTrusted() {
        try (TestApplication application = start()) {
            String url = "https://localhost:" + application.port() + "/hello";
            AsyncHttpClient http = application.bean(AsyncHttpClient.class);
            assertThatExceptionOfType(TlsFailedException.class)
                    .isThrownBy(() -> application.bean(IOLoop.class).runSync(() -> await(http.fetch(url))))
                    .extracting(TlsFailedException::problem)
                    .isEqualTo(TlsFailedException.Problem.UNKNOWN_AUTHORITY);
        }
    }

    private static TestApplication start(String... more) {
        List<String> properties = new ArrayList<>(List.of(more));
        properties.add("server.ssl.bundle=server");
        properties.add("server.ssl.client-auth=need");
        for (String name : List.of("server", "client")) {
            for (String store : List.of("keystore", "truststore")) {
                String prefix = "spring.ssl.bundle.jks." + name + "." + store + ".";
                properties.add(
                        prefix + "location=" + folder.resolve(name + ".p12").toUri());
                properties.add(prefix + "password=" + PASSWORD);
            }
        }
        return TestApplication.start(Application.class, properties.toArray(String[]::new));
    }

    private static void trust(String whom, String store) throws IOException, InterruptedException {
        keytool(
                "-exportcert",
                "-alias",
                whom,
                "-file",
                folder.resolve(whom + ".crt").toString(),
                whom + ".p12");
        keytool(
                "-importcert",
                "-noprompt",
                "-alias",
                whom,
                "-file",
                folder.resolve(whom + ".crt").toString(),
                store);
    }

    /** Calls the JDK's keytool; the last argument is the name of the store. */
    private static void keytool(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments).subList(0, arguments.length - 1));
        command.addAll(List.of(
                "-keystore",
                folder.resolve(arguments[arguments.length - 1]).toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD));
        if (arguments[0].equals("-genkeypair")) {
            command.addAll(List.of("-keyalg", "EC", "-groupname", "secp256r1"));
        }
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).describedAs(output).isZero();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Handlers.class)
    static class Application {}

    @RestController
    @Coroutine
    static class Handlers {

        @GetMapping("/hello")
        String hello() {
            return "hello";
        }
    }
}
