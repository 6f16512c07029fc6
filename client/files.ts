/** The ports that only files need; a platform loads its adapters when the first file is moved. */

export interface FileRequest {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer> | string;
}

export interface FileResponse {
  readonly status: number;
  /** Of the header `Content-Type`. */
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface FileCall {
  readonly response: Promise<FileResponse>;
  cancel(): void;
}

/** Bytes that wait to be uploaded; shared by all tabs over one store. */
export interface UploadStore {
  put(key: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  get(key: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  delete(key: string): Promise<void>;
  /** Each with when it was put, wall time. */
  keys(): Promise<readonly { readonly key: string; readonly at: number }[]>;
}

export interface FilePlatform {
  request(request: FileRequest): FileCall;
  /** In hexadecimal. */
  sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string>;
  /** The same name, the same bytes, also after a restart. */
  openUploads(name: string): UploadStore;
}
