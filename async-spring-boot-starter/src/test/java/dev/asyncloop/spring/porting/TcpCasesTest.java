package dev.asyncloop.spring.porting;

import static dev.asyncloop.Async.await;
import static dev.asyncloop.Async.sleep;
import static dev.asyncloop.Async.withTimeout;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.AsyncTimeoutException;
import dev.asyncloop.IOLoop;
import dev.asyncloop.Task;
import dev.asyncloop.channel.Channel;
import dev.asyncloop.channel.ReceiveChannel;
import io.netty.handler.codec.LineBasedFrameDecoder;
import java.io.BufferedReader;
import java.io.Writer;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.DisposableServer;
import reactor.netty.NettyInbound;
import reactor.netty.NettyOutbound;
import reactor.netty.tcp.TcpClient;
import reactor.netty.tcp.TcpServer;

/** Case 116, and what IOStream, TCPServer, TCPClient and Subprocess are for. */
class TcpCasesTest {

    /** Tornado's TCPServer: a coroutine for each connection. */
    private static DisposableServer echoServer(IOLoop loop) {
        return TcpServer.create()
                .runOn(loop.eventLoopGroup())
                .host("127.0.0.1")
                .port(0)
                .doOnConnection(connection -> connection.addHandlerLast(new LineBasedFrameDecoder(100)))
                .handle((in, out) -> loop.mono("connection", () -> echo(in, out)))
                .bindNow();
    }

    private static Void echo(NettyInbound in, NettyOutbound out) {
        try (ReceiveChannel<String> lines = Channel.from(in.receive().asString(), 10)) {
            for (String line : lines) {
                await(out.sendString(Mono.just("you said " + line + "\n")).then());
            }
        }
        return null;
    }

    @Test
    void aTcpServerAndItsClientAreCoroutinesOfOneLoop() {
        IOLoop.run(() -> {
            IOLoop loop = IOLoop.current();
            DisposableServer server = echoServer(loop);
            Connection connection = await(TcpClient.create()
                    .runOn(loop.eventLoopGroup())
                    .host("127.0.0.1")
                    .port(server.port())
                    .doOnConnected(connected -> connected.addHandlerLast(new LineBasedFrameDecoder(100)))
                    .connect());
            assertThat(connection).isNotNull();
            List<String> answers = new ArrayList<>();
            try (ReceiveChannel<String> lines =
                    Channel.from(connection.inbound().receive().asString(), 10)) {
                for (String word : List.of("hello", "again")) {
                    await(connection
                            .outbound()
                            .sendString(Mono.just(word + "\n"))
                            .then());
                    answers.add(lines.receive());
                }
            }
            assertThat(answers).containsExactly("you said hello", "you said again");
            connection.dispose();
            server.dispose();
            await(server.onDispose());
            return 0;
        });
    }

    @Test
    void aRefusedConnectionIsTheSystemsError() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        IOLoop.run(() -> {
            assertThatThrownBy(() -> await(TcpClient.create()
                            .runOn(IOLoop.current().eventLoopGroup())
                            .host("127.0.0.1")
                            .port(port)
                            .connect()))
                    .isInstanceOfAny(ConnectException.class, RuntimeException.class)
                    .satisfies(ex -> assertThat(ex.toString() + ex.getCause()).contains("refused"));
            return 0;
        });
    }

    @Test
    void aChildIsSpokenWithAndEndsWhenItsInputDoes() {
        int exit = IOLoop.run(() -> {
            Process child =
                    new ProcessBuilder("sh", "-c", "while read line; do echo \"you said $line\"; done; exit 3").start();
            try (Writer in = child.outputWriter();
                    BufferedReader out = child.inputReader()) {
                Task<String> answer = IOLoop.current().runInExecutor(out::readLine);
                sleep(Duration.ofMillis(20)); // it says nothing yet, which holds nobody up
                in.write("hello\n");
                in.flush();
                assertThat(await(answer)).isEqualTo("you said hello");
            }
            return await(child.onExit()).exitValue();
        });
        assertThat(exit).isEqualTo(3);
    }

    @Test
    void whatAChildSaysOnItsErrorStreamIsApart() {
        String error = IOLoop.run(() -> {
            Process child = new ProcessBuilder("sh", "-c", "echo out; echo err >&2").start();
            try (var out = child.getInputStream();
                    var err = child.getErrorStream()) {
                var first = IOLoop.current().runInExecutor(out::readAllBytes);
                var second = IOLoop.current().runInExecutor(err::readAllBytes);
                assertThat(new String(await(first), StandardCharsets.UTF_8)).isEqualTo("out\n");
                return new String(await(second), StandardCharsets.UTF_8);
            }
        });
        assertThat(error).isEqualTo("err\n");
    }

    @Test
    void aChildThatIsEndedBySignalSaysSoInItsExitCode() {
        int exit = IOLoop.run(() -> {
            Process child = new ProcessBuilder("sleep", "60").start();
            child.destroy();
            return await(child.onExit()).exitValue();
        });
        assertThat(exit).isEqualTo(128 + 15);
    }

    @Test
    void aLimitForAChildIsAnyLimit() throws Exception {
        Process child = new ProcessBuilder("sleep", "60").start();
        try {
            assertThatThrownBy(() -> IOLoop.run(() -> withTimeout(Duration.ofMillis(20), () -> await(child.onExit()))))
                    .isInstanceOf(AsyncTimeoutException.class);
            assertThat(child.isAlive()).isTrue();
        } finally {
            child.destroyForcibly();
            assertThat(child.waitFor(20, TimeUnit.SECONDS)).isTrue();
        }
    }
}
