package dev.asyncloop.spring.autoconfigure;

import dev.asyncloop.spring.websocket.WebSocketMisuseException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.util.StringUtils;

/** Explains a {@link WebSocketMisuseException}. */
final class WebSocketMisuseFailureAnalyzer extends AbstractFailureAnalyzer<WebSocketMisuseException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, WebSocketMisuseException cause) {
        return new FailureAnalysis(cause.problem(), StringUtils.capitalize(cause.remedy()) + ".", cause);
    }
}
