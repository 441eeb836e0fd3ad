package dev.asyncloop.demo;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The board's settings; see {@code application.yml}.
 *
 * @param probeTimeout how long one fetch may take, redirects included
 * @param slowAfter from which latency on an answer counts as slow
 * @param historySize how many results are kept for each watch
 * @param maxWatches most watches
 * @param maxCheckUrls most URLs in one check
 * @param alsoAllowed internal addresses or CIDR blocks that may be fetched all the same
 */
@Validated
@ConfigurationProperties("board")
record BoardProperties(
        @DefaultValue("3s") Duration probeTimeout,
        @DefaultValue("500ms") Duration slowAfter,
        @DefaultValue("60") @Min(1) @Max(1000) int historySize,
        @DefaultValue("200") @Min(1) int maxWatches,
        @DefaultValue("100") @Min(1) int maxCheckUrls,
        @DefaultValue List<String> alsoAllowed) {}
