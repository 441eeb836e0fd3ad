package dev.asyncloop.internal.watchdog;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class DebuggerTest {

    @Test
    void aDebuggerIsSeenInTheJvmsArguments() {
        assertThat(Debugger.isAskedFor(List.of("-Xmx1g", "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n")))
                .isTrue();
        assertThat(Debugger.isAskedFor(List.of("-Xrunjdwp:transport=dt_socket")))
                .isTrue();
        assertThat(Debugger.isAskedFor(List.of("-Xmx1g", "-javaagent:jdwp.jar")))
                .isFalse();
    }
}
