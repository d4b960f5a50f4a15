/** A page that breaks says so, and leaves the rest standing. */
import { Button, Result } from "antd";
import { Component, type ReactNode } from "react";
import { Translation } from "react-i18next";

export class Boundary extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state = { error: null as Error | null };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override render() {
    const { error } = this.state;
    if (!error) return this.props.children;
    // After an upgrade the page's file has another name: a reload brings it.
    const gone = /dynamically imported module|Importing a module/.test(error.message);
    return (
      <Translation>
        {(t) => (
          <Result
            status={gone ? "info" : "error"}
            title={t(gone ? "state.upgraded" : "state.broken")}
            subTitle={gone ? null : error.message}
            extra={
              <Button type="primary" onClick={() => window.location.reload()}>
                {t("state.reload")}
              </Button>
            }
          />
        )}
      </Translation>
    );
  }
}
