package dev.asyncloop.demo;
class HttpProber { static final String NOT_PUBLIC = "Not a public address"; }
