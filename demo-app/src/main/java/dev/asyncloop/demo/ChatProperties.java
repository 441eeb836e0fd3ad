package dev.asyncloop.demo;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The chat's settings; see {@code application.yml}.
 *
 * @param historySize how many messages a new guest is shown
 * @param maxVisits most connections
 * @param pace how long each connection waits between two messages
 * @param away who is back within this has not left
 */
@Validated
@ConfigurationProperties("chat")
record ChatProperties(
        @DefaultValue("100") @Min(1) @Max(1000) int historySize,
        @DefaultValue("200") @Min(1) int maxVisits,
        @DefaultValue("500ms") Duration pace,
        @DefaultValue("3s") Duration away) {}
