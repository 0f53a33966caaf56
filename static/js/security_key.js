// Security keys and passkeys: [data-key-ask="create|get"] holds the options as JSON; the answer goes into [data-key-answer],
// and the form is sent. Without script, or where the browser has no keys, the other ways on the page remain.
(function () {
  "use strict";
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const described = (list) => (list || []).map((each) => ({ ...each, id: bytes(each.id) }));

  function create(options) {
    return navigator.credentials.create({ publicKey: {
      ...options, challenge: bytes(options.challenge), user: { ...options.user, id: bytes(options.user.id) },
      excludeCredentials: described(options.excludeCredentials),
    } });
  }
  function get(options) {
    return navigator.credentials.get({ publicKey: {
      ...options, challenge: bytes(options.challenge), allowCredentials: described(options.allowCredentials),
    } });
  }
  function answer(credential) {
    const from = credential.response;
    const response = { clientDataJSON: text(from.clientDataJSON) };
    if (from.attestationObject) {
      response.attestationObject = text(from.attestationObject);
      response.transports = from.getTransports ? from.getTransports() : [];
    } else {
      response.authenticatorData = text(from.authenticatorData);
      response.signature = text(from.signature);
      if (from.userHandle) response.userHandle = text(from.userHandle);
    }
    return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response, clientExtensionResults: credential.getClientExtensionResults() });
  }

  document.querySelectorAll("[data-key-ask]").forEach((place) => {
    const button = place.querySelector("[data-key-start]");
    const status = place.querySelector("[data-key-status]");
    const say = (what) => { status.textContent = what ? status.dataset[what] : ""; };
    if (!window.PublicKeyCredential) { button.disabled = true; say("missing"); return; }
    button.addEventListener("click", () => {
      const options = JSON.parse(place.dataset.options);
      button.disabled = true;
      say("waiting");
      (place.dataset.keyAsk === "create" ? create(options) : get(options)).then((credential) => {
        place.querySelector("[data-key-answer]").value = answer(credential);
        place.closest("form").requestSubmit();
      }).catch((error) => {
        button.disabled = false;
        say(error.name === "SecurityError" || error.name === "NotSupportedError" ? "missing" : "failed");
      });
    });
  });
})();
